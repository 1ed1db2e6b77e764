"""An ensemble of repeated cross-validations on disk.

OUT/ensemble_repeats.json    who its members are
OUT/repeat-0/, ...           the ensemble of the members' repeat of that number
OUT/summary/                 all repeats together: repeats.json, repeats.csv
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files
from zoo.runs import json_objects

FORMAT = 1
_FACTS = "ensemble_repeats.json"


@dataclass(frozen=True, kw_only=True)
class RepeatedEnsemble:
    """An ensemble of repeated cross-validations on disk.

    Args:
        path: its directory.
        rule: by which the members' answers become one.
        members: their names.
        repeats: how many, 2 or more.
    """

    path: Path
    rule: str
    members: tuple[str, ...]
    repeats: int

    @property
    def paths(self) -> tuple[Path, ...]:
        """The directory of each repeat's ensemble."""
        return tuple(self.path / f"repeat-{number}" for number in range(self.repeats))

    @property
    def summary_path(self) -> Path:
        """The evidence of all repeats together."""
        return self.path / "summary"


def is_there(path: str | os.PathLike) -> bool:
    """Whether `path` is the directory of an ensemble of repeats."""
    return (Path(path) / _FACTS).is_file()


def write(ensemble: RepeatedEnsemble) -> None:
    """Writes ensemble_repeats.json into its directory."""
    content = {
        "format": FORMAT,
        "rule": ensemble.rule,
        "members": list(ensemble.members),
        "repeats": ensemble.repeats,
    }
    atomic_files.write_text(ensemble.path / _FACTS, json_objects.text(content))


def opened(path: str | os.PathLike) -> RepeatedEnsemble:
    """Reads ensemble_repeats.json.

    Raises:
        UsageError: `path` does not exist.
        DataError: it is no such ensemble, or the file is damaged or of a newer version.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(
            f"{path} does not exist. Name a directory that `python -m zoo.ensemble` "
            "made"
        )
    file = path / _FACTS
    if not file.is_file():
        raise DataError(f"{path} is no ensemble of repeats: it has no {_FACTS}")
    content = json_objects.read(file)
    if json_objects.entry(content, "format", int, path=file) != FORMAT:
        raise DataError(
            f"{file} is of format {content['format']}, and this version reads {FORMAT}."
            " Take the version of the software that made it"
        )
    return RepeatedEnsemble(
        path=path,
        rule=json_objects.entry(content, "rule", str, path=file),
        members=tuple(json_objects.texts(content, "members", path=file)),
        repeats=json_objects.entry(content, "repeats", int, path=file),
    )
