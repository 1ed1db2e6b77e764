"""Reads PyTorch's checkpoint files, where PyTorch is installed."""

import pickle
from pathlib import Path

import numpy as np

from pipelines.errors import DataError


def read(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a state dict, by PyTorch's names.

    The file is a pickle; `weights_only` lets it build tensors and nothing else.

    Raises:
        DataError: PyTorch is not installed, or the file is no state dict of tensors.
    """
    try:
        import torch
    except ImportError as error:
        raise DataError(
            f"{path.name} is a file of PyTorch, which is not installed. Install it "
            "(pip install torch), or take a .safetensors file"
        ) from error
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError) as error:
        raise DataError(f"{path} is no state dict of PyTorch: {error}") from error
    if not isinstance(state, dict) or not all(map(torch.is_tensor, state.values())):
        raise DataError(
            f"{path} is no state dict of PyTorch: expected tensors by name. Received: "
            f"{type(state).__name__}"
        )
    return {name: _array(tensor) for name, tensor in state.items()}


def _array(tensor) -> np.ndarray:  # noqa: ANN001
    """Half precision becomes single; NumPy has no bfloat16."""
    tensor = tensor.detach()
    return (tensor.float() if tensor.is_floating_point() else tensor).numpy()
