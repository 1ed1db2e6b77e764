"""A file of weights by its name: nothing is read here."""

from pathlib import Path

from pipelines.errors import UsageError
from zoo.weights.published.source import Format

SUFFIXES: dict[str, Format] = {
    ".npz": "npz",
    ".safetensors": "safetensors",
    ".pth": "torch",
    ".pt": "torch",
    ".caffemodel": "caffe",
    ".h5": "keras_h5",
}


def format_of(path: Path) -> Format:
    """The format by the ending of a file's name.

    Raises:
        UsageError: an unknown ending.
    """
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"a file of weights ends in {', '.join(SUFFIXES)}. Received: {path.name}"
        )
    return SUFFIXES[path.suffix]


def check_new(out: Path) -> None:
    """Raises a UsageError where a file to be written is there already."""
    if out.exists():
        raise UsageError(f"{out} exists. Choose another --out")


def check(path: Path) -> None:
    """Raises a UsageError where there is no file."""
    if not path.is_file():
        raise UsageError(f"the file of weights {path} does not exist. Name another")
