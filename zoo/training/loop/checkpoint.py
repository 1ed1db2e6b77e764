"""Checkpoints: everything an interrupted run needs to go on as if nothing was.

Keras' own formats leave out the states of the seed generators behind dropout, so a
run resumed from them draws other masks. Here every variable of the model, seed
generators included, of the optimizer (accumulated gradients too) and of the average of
weights is written as it is.
"""

import dataclasses
import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from pipelines.errors import DataError
from pipelines.storage import atomic_files, config_files
from zoo.classifier.freezing import thawed
from zoo.runs import history
from zoo.runs.history import Epoch
from zoo.training.loop.devices import as_on_one
from zoo.training.loop.weight_averaging import Average

_VARIABLES = "variables.npz"
_HISTORY = "history.json"
_EPOCH = "epoch-"
_BEST = "best-"


def save_epoch(
    directory: Path,
    model: keras.Model,
    rows: Sequence[Epoch],
    average: Average | None = None,
) -> None:
    """Writes `epoch-NNNN/` after the last of `rows`, then removes the older ones.

    The folder appears whole by one rename; a process that dies on the way leaves the
    older checkpoint valid.
    """
    directory.mkdir(exist_ok=True)
    epoch = rows[-1].epoch
    aside = directory / f".{_EPOCH}{epoch:04d}.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    with atomic_files.replacing(aside / _VARIABLES) as torn:
        np.savez(torn, **_variables(model, average))
    content = [dataclasses.asdict(row) for row in rows]
    atomic_files.write_text(aside / _HISTORY, json.dumps(content, indent=1))
    whole = directory / f"{_EPOCH}{epoch:04d}"
    shutil.rmtree(whole, ignore_errors=True)
    os.replace(aside, whole)
    for older in _epochs(directory):
        if older != whole:
            shutil.rmtree(older)


def latest(directory: Path) -> Path | None:
    """The newest whole checkpoint; none before the first epoch has ended."""
    return max(_epochs(directory), default=None)


def read_rows(checkpoint: Path, *, monitor: str, stages: int) -> list[Epoch]:
    """The history up to the checkpoint's epoch, bit-equal.

    Args:
        monitor, stages: of the run, see `history.check`.
    Raises:
        DataError: the file is missing or damaged.
    """
    path = checkpoint / _HISTORY
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = config_files.build(_Rows, {"rows": content}, name=path.name).rows
        history.check(rows, monitor, stages=stages)
        wanted = list(range(1, int(checkpoint.name.removeprefix(_EPOCH)) + 1))
    except (OSError, ValueError, RecursionError, DataError) as error:
        raise DataError(_damaged(checkpoint, error)) from error
    numbers = [row.epoch for row in rows]
    if numbers != wanted:
        raise DataError(
            _damaged(checkpoint, f"{_HISTORY} holds the epochs {numbers or 'none'}")
        )
    return list(rows)


def restore(
    checkpoint: Path, model: keras.Model, average: Average | None = None
) -> None:
    """Puts every variable back: of the compiled `model`, its optimizer, the average.

    Raises:
        DataError: the file is damaged, or of another network.
    """
    wanted = _variables(model, average)
    try:
        with np.load(checkpoint / _VARIABLES) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(_damaged(checkpoint, error)) from error
    if {name: value.shape for name, value in wanted.items()} != {
        name: value.shape for name, value in arrays.items()
    }:
        raise DataError(
            f"checkpoint {checkpoint.name} is of another network: it has "
            f"{len(arrays)} variables, this one {len(wanted)}, or their shapes differ. "
            "Resume with the version of this project that began the run, or begin anew"
        )
    for name, variable in _named(model, average):
        variable.assign(arrays[name])


def save_best(directory: Path, inference: keras.Model, epoch: int) -> None:
    """Writes `best-NNNN.keras`, the inference model as it is after `epoch`."""
    directory.mkdir(exist_ok=True)
    path = best_path(directory, epoch)
    with atomic_files.replacing(path) as aside, as_on_one(inference), thawed(inference):
        inference.save(aside)


def best_path(directory: Path, epoch: int) -> Path:
    """Where the inference model of `epoch` is kept while it is the best."""
    return directory / f"{_BEST}{epoch:04d}.keras"


def forget_other_bests(directory: Path, epoch: int) -> None:
    """Removes every kept model but that of `epoch`."""
    for path in directory.glob(f"{_BEST}*.keras"):
        if path != best_path(directory, epoch):
            path.unlink()


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Rows:
    rows: tuple[Epoch, ...]


def _epochs(directory: Path) -> list[Path]:
    return sorted(directory.glob(f"{_EPOCH}*"))


def _named(
    model: keras.Model, average: Average | None
) -> list[tuple[str, keras.Variable]]:
    """Every variable under a name that does not hang on how often one was built."""
    owners = {
        "model": model.variables,
        "optimizer": model.optimizer.variables,
        "average": [] if average is None else average.variables,
    }
    return [
        (f"{owner}/{i:04d}", variable)
        for owner, variables in owners.items()
        for i, variable in enumerate(variables)
    ]


def _variables(model: keras.Model, average: Average | None) -> dict[str, np.ndarray]:
    return {name: variable.value.numpy() for name, variable in _named(model, average)}


def _damaged(checkpoint: Path, error: Exception | str) -> str:
    return (
        f"checkpoint {checkpoint.name} can't be read ({error}). Remove that folder to "
        "begin the run anew with --resume"
    )
