"""Which code a fold's figure comes from: digests of its source, and versions.

A sweep may go on with the same code alone, for a figure of other code is another one.
What is hashed are the bytes of the Python files of `DEPENDS` that are not in
`IRRELEVANT`; a test trains a fold and holds every file that it imports against both.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("tensorflow", "keras", "numpy")

# Rooms, and single files, that decide what a fold's network learns and is worth.
DEPENDS = (
    "pipelines/augment",
    "pipelines/batches",
    "pipelines/covariates",
    "pipelines/records",
    "pipelines/splits",
    "pipelines/tasks",
    "zoo/architectures",
    "zoo/classifier",
    "zoo/evaluation/comparison",
    "zoo/evaluation/metrics",
    "zoo/evaluation/predictions",
    "zoo/recipes",
    "zoo/runs/environment.py",
    "zoo/runs/history.py",
    "zoo/targets",
    "zoo/training",
    "zoo/weights",
    "tuning/trials/fold_fit.py",
    "tuning/trials/fold_training.py",
)

_RECORDS = "made the records, whose digest is that of the data set"
_PLACES = "finds and writes files, and says nothing of what they mean"
_JUDGES = "judges a run that is finished, which a fold is not"
_COMMANDS = "asks for runs, which a fold does by itself"
_PHANTOMS = "makes a data set to try things with"
# What a fold imports as well, or what lies in the rooms above, and why it has no say.
IRRELEVANT = {
    "pipelines/__init__.py": _COMMANDS,
    "pipelines/canonical": _RECORDS,
    "pipelines/cohort": _RECORDS,
    "pipelines/errors.py": "words of errors",
    "pipelines/figures": "draws what is known",
    "pipelines/pseudonyms.py": _PLACES,
    "pipelines/readers": _RECORDS,
    "pipelines/records/encode.py": _RECORDS,
    "pipelines/records/verification.py": _RECORDS,
    "pipelines/search_path.py": _PLACES,
    "pipelines/splits/apportionment.py": _RECORDS,
    "pipelines/splits/assign.py": _RECORDS,
    "pipelines/splits/split.py": _RECORDS,
    "pipelines/storage": _PLACES,
    "pipelines/tables": _RECORDS,
    "tuning/__init__.py": _COMMANDS,
    "tuning/trials": "writes down, limits and reports what the files named above give",
    "zoo/__init__.py": _COMMANDS,
    "zoo/evaluation/__init__.py": _JUDGES,
    "zoo/evaluation/calibration": _JUDGES,
    "zoo/evaluation/decisions": _JUDGES,
    "zoo/evaluation/comparison/report": _JUDGES,
    "zoo/evaluation/figures": _JUDGES,
    "zoo/evaluation/last_stage": _JUDGES,
    "zoo/evaluation/rejection": _JUDGES,
    "zoo/evaluation/results": _JUDGES,
    "zoo/evaluation/run_evaluation.py": _JUDGES,
    "zoo/evaluation/unknown_evidence.py": _JUDGES,
    "zoo/runs": _PLACES,
    "zoo/training/baseline": _JUDGES,
    "zoo/training/command_line.py": _COMMANDS,
    "zoo/training/finish.py": _JUDGES,
    "zoo/training/fold_process.py": _COMMANDS,
    "zoo/training/phantom_data.py": _PHANTOMS,
    "zoo/training/phantom_making.py": _PHANTOMS,
    "zoo/training/train_folds.py": _COMMANDS,
    "zoo/training/weights_option.py": _COMMANDS,
    "zoo/weights/__main__.py": _COMMANDS,
}


@dataclass(frozen=True, kw_only=True)
class CodeVersion:
    """What a fold's figure depends on beside its recipe and its data.

    Args:
        digest: of all that follows, 16 hex digits.
        tensorflow, keras, numpy: their versions.
        rooms: 16 hex digits of the source by room.
    """

    digest: str
    tensorflow: str
    keras: str
    numpy: str
    rooms: dict[str, str] = field(default_factory=dict)


def current() -> CodeVersion:
    """Of this installation."""
    versions = {name: metadata.version(name) for name in PACKAGES}
    rooms = {room: _digest(_content(ROOT, room)) for room in DEPENDS}
    lines = (f"{name} {value}" for name, value in sorted((versions | rooms).items()))
    return CodeVersion(digest=_digest(lines), **versions, rooms=rooms)


def to_fields(version: CodeVersion) -> dict[str, str]:
    """One text for each name: `digest`, the packages and the rooms."""
    names = ("digest", *PACKAGES)
    return {name: getattr(version, name) for name in names} | version.rooms


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What differs between two versions as `to_fields` gives them; "" = nothing.

    >>> differences({"digest": "a", "keras": "3.6"}, {"digest": "b", "keras": "3.7"})
    'keras 3.7 instead of 3.6'
    """
    names = [name for name in {**old, **new} if name != "digest"]
    versions = [
        f"{name} {new.get(name, 'none')} instead of {old.get(name, 'none')}"
        for name in names
        if name in PACKAGES and old.get(name) != new.get(name)
    ]
    rooms = [
        name
        for name in names
        if name not in PACKAGES and old.get(name) != new.get(name)
    ]
    if rooms:
        versions.append(f"the source of {', '.join(sorted(rooms))}")
    if not versions and old.get("digest") != new.get("digest"):
        return f"the code {new.get('digest')} instead of {old.get('digest')}"
    return ", ".join(versions)


def is_irrelevant(path: str) -> bool:
    """Whether a file has no say, by the longest entry that it lies in.

    Args:
        path: below the root, `zoo/runs/run.py`.

    Raises:
        KeyError: it lies in none.
    """
    above = (path, *map(str, Path(path).parents))
    entry = next((name for name in above if name in {*DEPENDS, *IRRELEVANT}), None)
    if entry is None:
        raise KeyError(
            f"{path} is named neither in DEPENDS nor in IRRELEVANT of {__name__}"
        )
    return entry in IRRELEVANT


def _content(root: Path, room: str) -> Iterator[str]:
    """Name and digest of every file of a room that has a say."""
    place = root / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    for file in files:
        name = file.relative_to(root).as_posix()
        if not is_irrelevant(name):
            yield f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def _digest(lines: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
