"""Converts a published file of weights into the project's own."""

from pathlib import Path

from zoo.architectures.architecture import Architecture
from zoo.weights import assign as assign_weights
from zoo.weights import read as read_weights
from zoo.weights import weights_file
from zoo.weights.formats import safetensors_file
from zoo.weights.formats.safetensors_file import Description
from zoo.weights.layouts import heads as published_heads
from zoo.weights.published import checksum, sources
from zoo.weights.published.source import Source
from zoo.weights.read import Arrays


def convert(path: Path, architecture: Architecture, out: Path) -> Path:
    """Writes the weights of a file in the zoo's layout, once they were found to fit.

    Args:
        path: a file of any format that `zoo.weights.read` knows.
        architecture: whose weights it holds; of one of rank 3 that inflates another,
            the other's.
        out: the file to be written, a new one.

    Returns:
        `out`.

    Raises:
        UsageError: an unknown ending of `path`, or `out` exists.
        DataError: the file is damaged or of another architecture.
    """
    weights_file.check_new(out)
    content = read_weights.read(path, weights_file.format_of(path))
    arrays = read_weights.arrays(content, architecture)
    _check(arrays, architecture, path)
    described = content.description or _described(path, architecture.family)
    safetensors_file.write(out, arrays, described)
    return out


def _check(arrays: Arrays, architecture: Architecture, path: Path) -> None:
    """Raises a DataError for weights that don't fit the network of RGB images."""
    heads = published_heads.get(architecture.family).layers
    backbone = read_weights.reference(architecture)
    assign_weights.assign(
        assign_weights.by_name(backbone),
        {n: array for n, array in arrays.items() if n.split("/")[0] not in heads},
        str(path),
    )


def _described(path: Path, family: str) -> Description:
    known = _known(path, family)
    return Description(
        architecture=family,
        source=path.name if known is None else known.url or known.file_name,
        licence="" if known is None else known.licence,
        checksum=f"sha256:{checksum.digest(path)}",
    )


def _known(path: Path, family: str) -> Source | None:
    """The published file that it is, by its checksum."""
    for source in sources.SOURCES.get(family, ()):
        if source.stated.known and checksum.fits(path, source.stated):
            return source
    return None
