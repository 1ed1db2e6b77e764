import pickle
import sys

import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.weights.formats import torch as torch_format


def test_without_pytorch_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DataError, match="weights.pth is a file of PyTorch.*Install it"):
        torch_format.read(tmp_path / "weights.pth")


def test_tensors_by_name(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "weights.pth"
    state = {
        "conv1.weight": torch.ones(2, 3, dtype=torch.bfloat16),
        "bn1.num_batches_tracked": torch.tensor(7),
    }
    torch.save(state, path)
    found = torch_format.read(path)
    assert found["conv1.weight"].dtype == np.float32
    assert found["bn1.num_batches_tracked"] == 7


def test_code_in_a_pickle_is_not_run(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "weights.pth"
    torch.save({"a": Harmful(str(tmp_path / "harm"))}, path)
    with pytest.raises(DataError, match="weights.pth is no state dict of PyTorch"):
        torch_format.read(path)
    path.write_bytes(pickle.dumps(Harmful(str(tmp_path / "harm"))))
    with pytest.raises(DataError, match="weights.pth is no state dict of PyTorch"):
        torch_format.read(path)
    assert not (tmp_path / "harm").exists()


class Harmful:
    """Makes a directory when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (self.path,)


def test_no_state_dict(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "weights.pth"
    torch.save([torch.ones(2)], path)
    with pytest.raises(DataError, match="expected tensors by name. Received: list"):
        torch_format.read(path)
