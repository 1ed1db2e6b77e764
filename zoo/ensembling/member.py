"""The members of an ensemble, runs or cross-validations, held against each other."""

import dataclasses
import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling.ensemble import Ensemble
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions
from zoo.prediction import finished_runs
from zoo.runs import cross_validation, json_objects
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of an ensemble.

    Args:
        name: of its directory; where that is another's too, with a number.
        path: its directory.
        runs: by fold; a single run by "".
        judged: the split of its folds that pools to all patients; "" of a single run.
    """

    name: str
    path: Path
    runs: Mapping[str, Run]
    judged: str = ""

    @property
    def run(self) -> Run:
        """Whose task, channels and targets they are; of folds the first one."""
        return next(iter(self.runs.values()))

    @property
    def folds(self) -> tuple[str, ...]:
        """Their names; "" alone of a single run."""
        return tuple(self.runs)

    @property
    def key_fingerprint(self) -> str:
        """Of the project key that made the pseudonyms of its data set."""
        described = json_objects.read(self.run.path / "dataset.json")
        return str(described.get("key_fingerprint", ""))

    def predictions(self, fold: str, target_output: TargetOutput) -> Predictions:
        """What the network of a fold predicted for a target.

        Raises:
            DataError: the file is missing or damaged.
        """
        path = self.runs[fold].predictions_of(target_output.target.name)
        return predictions_file.read(path, target_output.target)

    def models(self) -> dict[str, str]:
        """SHA-256 of each model by fold."""
        return {fold: _sha256(run.model_path) for fold, run in self.runs.items()}


def opened(
    paths: Sequence[str | os.PathLike], names: Sequence[str] | None = None
) -> tuple[Member, ...]:
    """Opens the members and holds them against each other.

    Args:
        names: none = see `names_of`.

    Raises:
        UsageError: fewer than two, one that is named twice or does not exist, an
            ensemble, or runs among cross-validations.
        DataError: one that is not finished, of another target, of another project key,
            or of other folds.
    """
    if len(paths) < 2:
        raise UsageError(
            f"an ensemble wants two members or more. Received: {len(paths)}"
        )
    if len({os.path.realpath(path) for path in paths}) != len(paths):
        raise UsageError("a member is named twice. Name each once")
    for path in paths:
        if ensembles.is_there(path):
            raise UsageError(
                f"{path} is an ensemble, and members are runs. Name its members"
            )
    members = tuple(map(_opened, names or names_of(paths), map(Path, paths)))
    for other in members[1:]:
        _check_pair(members[0], other)
    return members


def reopened(ensemble: Ensemble) -> tuple[Member, ...]:
    """Opens the members of an ensemble, if they are what they were.

    Raises:
        DataError: one is gone, or its model is another one; or as `opened`.
    """
    paths = [ensemble.member_path(entry) for entry in ensemble.members]
    for path, entry in zip(paths, ensemble.members, strict=True):
        if not path.is_dir():
            raise DataError(
                f"the member {entry.name} of {ensemble.path} is not at {path}. Put it "
                "there: members keep their place beside the ensemble"
            )
    members = opened(paths)
    for member, entry in zip(members, ensemble.members, strict=True):
        if member.models() != entry.models:
            raise DataError(
                f"{member.path} has another model than when {ensemble.path} was made. "
                "Make the ensemble anew"
            )
    named = zip(members, ensemble.names, strict=True)
    return tuple(dataclasses.replace(member, name=name) for member, name in named)


def check_one_record(ensemble: Ensemble, members: Sequence[Member]) -> None:
    """Raises a UsageError where members are of several tasks."""
    if any(member.run.task != members[0].run.task for member in members):
        raise UsageError(
            f"the members of {ensemble.path} are of several tasks "
            f"({', '.join(ensemble.tasks)}), and each wants a record of its own. Use "
            "`python -m zoo.predict`, which makes them"
        )


def names_of(paths: Sequence[str | os.PathLike]) -> tuple[str, ...]:
    """The last part of each path; of equal ones with a number behind.

    >>> names_of(["a/t1", "b/t1", "t2"])
    ('t1-1', 't1-2', 't2')
    """
    last = [os.path.basename(os.path.abspath(path)) for path in paths]
    counts, seen = Counter(last), Counter()
    names = []
    for name in last:
        seen[name] += 1
        names.append(f"{name}-{seen[name]}" if counts[name] > 1 else name)
    return tuple(names)


def _opened(name: str, path: Path) -> Member:
    runs = finished_runs.by_fold(path)
    if not cross_validation.is_there(path):
        return Member(name=name, path=path, runs=runs)
    judged = cross_validation.opened(path).judged
    return Member(name=name, path=path, runs=runs, judged=judged)


def _check_pair(first: Member, other: Member) -> None:
    """Raises what stands against two members answering together."""
    given, wanted = (list(map(_shown, m.run.task.targets)) for m in (other, first))
    if given != wanted:
        raise DataError(
            f"{other.path} and {first.path} have other targets, so they can't answer "
            f"together. Received: {'; '.join(given)} and {'; '.join(wanted)}. Classes "
            "are the same, in the same order"
        )
    same_data = other.run.data_digest == first.run.data_digest
    if not same_data and other.key_fingerprint != first.key_fingerprint:
        raise DataError(
            f"the data sets of {other.path} and {first.path} were made with different "
            "project keys, so nobody can tell which patients are the same. Ingest both "
            "with one --key, and train anew"
        )
    if bool(other.judged) != bool(first.judged):
        raise UsageError(
            f"{first.path} and {other.path}: one is a cross-validation and one a "
            "single run. Name cross-validations alone, or of each the run of a fold"
        )
    if set(other.folds) != set(first.folds) or other.judged != first.judged:
        raise DataError(
            f"{other.path} and {first.path} were folded otherwise, and out-of-fold "
            "predictions are joined fold by fold. Received: "
            f"{', '.join(other.folds)} and {', '.join(first.folds)}"
        )


def _shown(target: Target) -> str:
    names = ", ".join(target.classes or target.columns)
    return f"{target.name or 'main target'} ({target.kind}: {names})"


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
