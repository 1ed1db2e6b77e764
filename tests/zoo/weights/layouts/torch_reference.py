"""Run by path as a process with PyTorch alone: a published network, its weights random.

    python torch_reference.py PACKAGE NETWORK DIRECTORY

Reads every `input-*.npy` (`[N, H, W, 3]`) of the directory and writes `state.npz` (the
state dict), `parameters.txt` (how many there are) and, for each input, `features-*.npy`
`[N, h, w, F]` and `logits-*.npy` `[N, 1000]`. PyTorch and TensorFlow each bring a
compiler of their own, and some of their versions can't share a process.
"""

import importlib
import math
import sys
from pathlib import Path

import numpy as np
import torch


def construct(package: str, name: str) -> torch.nn.Module:
    """The network of torchvision or timm, nothing downloaded."""
    module = importlib.import_module(package)
    if package == "timm":
        return module.create_model(name)
    return getattr(module.models, name)()


def randomise(model: torch.nn.Module) -> torch.nn.Module:
    """Weights by He et al. (2015), everything else around where it starts.

    Batch statistics, gains and biases are random too, so that none of them is where a
    mistake would not show.
    """
    generator = torch.Generator().manual_seed(0)

    def normal(values: torch.Tensor) -> torch.Tensor:
        return torch.randn(values.shape, generator=generator)

    with torch.no_grad():
        for name, values in model.state_dict().items():
            kind = name.split(".")[-1]
            if kind == "running_var":
                values.copy_(torch.exp(0.3 * normal(values)))
            elif kind in ("bias", "running_mean"):
                values.copy_(0.3 * normal(values))
            elif values.dim() > 1:
                fan_in = math.prod(values.shape[1:])
                values.copy_(math.sqrt(2 / fan_in) * normal(values))
            elif kind == "weight":
                values.copy_(0.5 * torch.exp(0.3 * normal(values)))
    return model.eval()


def features_of(model: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The map before pooling, `[N, F, h, w]`."""
    if hasattr(model, "forward_features"):  # timm's
        return model.forward_features(x)
    last = {"AlexNet": "features", "ResNet": "layer4"}[type(model).__name__]
    found = []
    hook = model.get_submodule(last).register_forward_hook(
        lambda module, inputs, output: found.append(output)
    )
    model(x)
    hook.remove()
    return found[0]


def main() -> None:
    """Writes what the docstring says."""
    package, name, directory = sys.argv[1:]
    directory = Path(directory)
    model = randomise(construct(package, name))
    state = {name: values.numpy() for name, values in model.state_dict().items()}
    np.savez(directory / "state.npz", **state)
    count = sum(values.numel() for values in model.parameters())
    (directory / "parameters.txt").write_text(str(count), encoding="utf-8")
    for path in directory.glob("input-*.npy"):
        which = path.stem.removeprefix("input-")
        x = torch.from_numpy(np.load(path).transpose(0, 3, 1, 2).copy())
        with torch.no_grad():
            features = features_of(model, x).numpy().transpose(0, 2, 3, 1)
            np.save(directory / f"features-{which}.npy", features)
            np.save(directory / f"logits-{which}.npy", model(x).numpy())


if __name__ == "__main__":
    main()
