"""What the shipped list says of each network, and how it is measured and written."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.storage import atomic_files, config_files, package_files

PATH = package_files.path("zoo", "catalogue/networks.json")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One network of the registry at its reference input.

    Args:
        name, rank, minimum_size, reference, inflates, citation: as the registry has
            them, here so that the list can be shown without loading Keras.
        imagenet: whether the registry states an input convention.
        feature_map: `(*spatial, F)`, what the backbone gives for `reference`.
        parameters: of the backbone, without any head.
        trainable: those of them that training changes.
        multiply_adds: of the backbone for one input, see `zoo.catalogue.costs.count`.
    """

    name: str
    rank: int
    minimum_size: int
    reference: tuple[int, ...]
    feature_map: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int
    imagenet: bool
    inflates: str
    citation: str


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a file such as the shipped one, in its order.

    Raises:
        DataError: an entry is not of this form.
    """
    entries = json.loads(path.read_text(encoding="utf-8"))
    return tuple(config_files.build(Entry, entry, name=str(path)) for entry in entries)


def write(entries: Iterable[Entry], path: Path) -> Path:
    """Writes a file such as the shipped one, whole or not at all.

    Raises:
        UsageError: the package lies where it can't be written.
    """
    text = json.dumps([asdict(entry) for entry in entries], indent=2)
    try:
        atomic_files.write_text(path, text + "\n")
    except PermissionError as error:
        raise UsageError(
            f"{path} can't be written ({error.strerror}). Measure in a checkout of "
            "your own, installed with pip install -e"
        ) from error
    return path
