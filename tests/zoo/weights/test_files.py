import pytest

from pipelines.errors import UsageError
from zoo.weights import files


def test_without_weights():
    with pytest.raises(UsageError, match="no ImageNet weights for cnn3d.*inception"):
        files.get("cnn3d")
