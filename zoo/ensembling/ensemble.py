"""An ensemble on disk: what ensemble.json says, and what follows from members' answers.

The directory has predictions.csv (predictions_<target>.csv of further targets),
metrics.json and figures/ as a run's has, unknown.csv where members of one data set hold
out classes, and ensemble.json:

- `format`: 1
- `rule`; `joined_by`: "sample", or "patient" where members are of several data sets
- `tasks`: names, and `unit`: what a row of predictions.csv is
- `targets`: as a task file has them, the main one first
- `members`: `name`, `path` (relative to the ensemble's directory), `task`,
  `data_digest`, `channels`, and `models`: SHA-256 of each model.keras by fold, "" where
  there are none
- `folds`: their names, `[""]` where members are single runs
- `fitted`: by target and fold what the rule learned on the validation split:
  `weights`, or `coefficients` and `intercepts`
"""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.target import Target
from zoo.ensembling import rules
from zoo.ensembling.fitting import Fitted
from zoo.evaluation.predictions.average import weighted_mean
from zoo.runs import json_objects
from zoo.targets.target_output import TargetOutput

FILE = "ensemble.json"
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class MemberEntry:
    """A member as the file has it.

    Args:
        name: of the member in outputs.
        path: relative to the ensemble's directory.
        task: name of its task.
        data_digest: of the data set that it was trained on.
        channels: that it sees.
        models: SHA-256 of each model by fold.
    """

    name: str
    path: str
    task: str
    data_digest: str
    channels: tuple[str, ...]
    models: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """What ensemble.json says.

    Args:
        path: the directory.
        rule: name of the rule.
        joined_by: `"sample"` or `"patient"`.
        tasks: names of the members' tasks, each once.
        unit: what a row of predictions.csv is: study, series or patient.
        targets: the main one first.
        members: M.
        folds: F names; "" alone where members are single runs.
        fitted: by target and fold what the rule learned; empty where it learns nothing.
    """

    path: Path
    rule: str
    joined_by: str
    tasks: tuple[str, ...]
    unit: str
    targets: tuple[Target, ...]
    members: tuple[MemberEntry, ...]
    folds: tuple[str, ...]
    fitted: Mapping[str, Mapping[str, Fitted]] = field(default_factory=dict)

    @property
    def target_outputs(self) -> tuple[TargetOutput, ...]:
        """What is answered, the main target first."""
        return tuple(TargetOutput(target=target) for target in self.targets)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the members."""
        return tuple(member.name for member in self.members)

    def member_path(self, member: MemberEntry) -> Path:
        """Where a member is, if it still is there."""
        return Path(os.path.realpath(self.path / member.path))

    def predictions_of(self, target: str) -> Path:
        """The predictions of a target, by its name; "" = the main one."""
        return self.path / (f"predictions_{target}.csv" if target else _PREDICTIONS)

    @property
    def unknown_path(self) -> Path:
        """What it answers of classes that its members hold out, if they do."""
        return self.path / "unknown.csv"

    def combine(
        self, target_output: TargetOutput, by_fold: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """The answer to N samples: the mean over folds of what the rule says of each.

        Args:
            by_fold: what the members' networks say, `[M, N, K]`, NaN = it abstains.

        Returns:
            `[N, K]`; NaN where all abstain.
        """
        rule = rules.COMBINE[target_output.kind.name][self.rule]
        fitted = self.fitted.get(target_output.target.name, {})
        answers = [rule(said, fitted.get(fold, {})) for fold, said in by_fold.items()]
        return weighted_mean(np.stack(answers))


_PREDICTIONS = "predictions.csv"


def is_there(path: str | os.PathLike) -> bool:
    """Whether `path` is the directory of an ensemble."""
    return (Path(path) / FILE).is_file()


def write(directory: Path, ensemble: Ensemble) -> None:
    """Writes ensemble.json into a directory."""
    content = {
        "format": FORMAT,
        "rule": ensemble.rule,
        "joined_by": ensemble.joined_by,
        "tasks": list(ensemble.tasks),
        "unit": ensemble.unit,
        "targets": [config_files.plain(target) for target in ensemble.targets],
        "members": [
            dataclasses.asdict(member) | {"channels": list(member.channels)}
            for member in ensemble.members
        ],
        "folds": list(ensemble.folds),
        "fitted": {name: dict(by_fold) for name, by_fold in ensemble.fitted.items()},
    }
    atomic_files.write_text(directory / FILE, json_objects.text(content))


def opened(path: str | os.PathLike) -> Ensemble:
    """Reads ensemble.json.

    Raises:
        UsageError: `path` does not exist.
        DataError: it is no ensemble, the file is damaged, or of a newer version.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(
            f"{path} does not exist. Name a directory that `python -m zoo.ensemble` "
            "made"
        )
    if not is_there(path):
        raise DataError(
            f"{path} is no ensemble: it has no {FILE}. Name a directory that `python "
            "-m zoo.ensemble` made"
        )
    file = path / FILE
    content = json_objects.read(file)

    def entry(key: str, kind: type) -> Any:
        return json_objects.entry(content, key, kind, path=file)

    if entry("format", int) != FORMAT:
        raise DataError(
            f"{file} is of format {content['format']}, and this version reads {FORMAT}."
            " Take the version of the software that made it"
        )
    rules.named(entry("rule", str))
    ensemble = Ensemble(
        path=path,
        rule=content["rule"],
        joined_by=entry("joined_by", str),
        tasks=tuple(json_objects.texts(content, "tasks", path=file)),
        unit=entry("unit", str),
        targets=tuple(
            config_files.build(Target, table, name=FILE)
            for table in entry("targets", list)
        ),
        members=tuple(_member(table, file) for table in entry("members", list)),
        folds=tuple(json_objects.texts(content, "folds", path=file)),
        fitted=entry("fitted", dict),
    )
    _check_fitted(ensemble, file)
    return ensemble


def _member(table: Any, file: Path) -> MemberEntry:
    try:
        return MemberEntry(**{**table, "channels": tuple(table["channels"])})
    except (TypeError, KeyError) as error:
        raise DataError(
            f"{file} is damaged: a member has other entries than it wants ({error}). "
            "Make the ensemble anew"
        ) from error


def _check_fitted(ensemble: Ensemble, file: Path) -> None:
    """What the rule learned is there, for each target and fold."""
    if rules.named(ensemble.rule).fit is None:
        return
    for target in ensemble.targets:
        if not {*ensemble.folds} <= {*ensemble.fitted.get(target.name, {})}:
            raise DataError(
                f"{file} is damaged: it lacks what the rule {ensemble.rule} learned. "
                "Make the ensemble anew"
            )
