"""The patients of a data set that a search may see, dealt anew into folds.

A data set of its own, with copies of their records: what is not in it can't be read.
"""

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from pipelines.cohort.labels import Label
from pipelines.errors import DataError, UsageError
from pipelines.ingestion import cohort, record_copies
from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.study_fault import NO_ROOM
from pipelines.ingestion.work_item import WorkItem
from pipelines.pseudonyms import with_letter
from pipelines.readers.facts import Facts
from pipelines.records import directory as dataset_directory
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.manifest import Row
from pipelines.splits.patient import Assignment
from pipelines.splits.roles import SITE, SITE_VALIDATION, UNLABELLED_SITE, fold_names
from pipelines.splits.split import check_no_leak
from pipelines.splits.unlabelled import UNLABELLED
from pipelines.storage import atomic_files
from pipelines.storage.lock import LockedError
from pipelines.tasks.task import Split, Task


def redeal(
    data: DataSet,
    to: Path,
    *,
    folds: int,
    seed: int,
    leave_out: str | None = None,
    kind: Literal["validation_folds", "folds"] = "validation_folds",
) -> DataSet:
    """Makes the data set `to`, on disk, whose fold i validates while the others train.

    In it are the patients of the training and the validation split, or of all folds, or
    of all sites; nobody of a test split or a hold-out set. They are dealt whole and by
    class, as ingest does. Those who always train do so here, those without a label stay
    without a fold. Records are copied byte for byte, under the same pseudonyms and the
    same `spec`: a model that learned from them reads studies of the other data set.

    Patients of different sites are dealt together, so that the folds say nothing of how
    a network does at a new site; that takes `leave_out`.

    Args:
        data: on disk or remote.
        folds: how many, 2 or more.
        seed: of the dealing; the same one gives the same bytes.
        leave_out: also without the patients of this fold, or site, of `data`.
        kind: of its split; `"folds"` for folds that are each other's test sets, fold i
            judges and fold i + 1 validates.

    Raises:
        UsageError: `to` exists or another process is making it, too few patients for
            so many folds, or a fold that the data set has not.
        DataError: the disk has no room for the copies, or a shard is damaged.
    """
    if folds < 2:
        raise UsageError(f"patients are dealt into 2 folds or more. Received: {folds}")
    if to.exists():
        raise UsageError(f"{to} exists. A data set is never overwritten: name another")
    split = Split(kind=kind, folds=folds, seed=seed)
    task = replace(data.task, split=split)
    dealt = _dealt_rows(data, task, _seen_groups(data, leave_out))
    _check_room(data, to, leave_out)
    with _refusals(to), atomic_files.new_directory(to) as growing:
        record_copies.write(data, dealt, growing, task=task)
    return dataset_directory.open_dataset(to)


def repeat(data: DataSet, to: Path, number: int) -> DataSet:
    """Makes the data set `to`, whose folds are those of `data` dealt once more.

    Args:
        data: of folds.
        number: 1 or more; the same one gives the same bytes.

    Raises:
        UsageError, DataError: as `redeal`.
    """
    split = data.task.split
    tested = split.kind == "folds" and split.holdout == 0
    return redeal(
        data,
        to,
        folds=split.folds,
        seed=split.seed + number,
        kind="folds" if tested else "validation_folds",
    )


def check(data: DataSet, to: Path, *, folds: int) -> None:
    """Raises what `redeal` would for want of patients or of room, and writes nothing.

    Args:
        to: where the data set would come to lie.
    """
    task = replace(data.task, split=Split(kind="validation_folds", folds=folds))
    _dealt_rows(data, task, _seen_groups(data, None))
    _check_room(data, to, None)


def _dealt_rows(data: DataSet, task: Task, groups: set[str]) -> list[Row]:
    """The rows of these groups, each with its part in the split of `task`."""
    rows = read_manifest(data)
    check_no_leak((row.patient_id, row.group) for row in rows)
    rows = [row for row in rows if row.group in groups]
    assignments = _dealt(rows, data.task, task)
    return [replace(row, **asdict(assignments[row.patient_id])) for row in rows]


def note(data: DataSet, leave_out: str | None = None) -> str:
    """What whoever reads the folds' figures should know of them; "" = nothing."""
    if data.task.split.kind != "site" or leave_out is not None:
        return ""
    sites = len(fold_names(data.groups, data.task.split))
    return (
        f"The patients of all {sites} sites are dealt together: the folds say how a "
        "network does at these sites, not at a new one"
    )


def _seen_groups(data: DataSet, leave_out: str | None) -> set[str]:
    """The groups that may be seen."""
    split = data.task.split
    if split.kind in ("fractions", "official"):
        if leave_out is not None:
            raise UsageError(
                f"{data.path} is split by {split.kind} and has no fold to leave out. "
                f"Received: {leave_out!r}"
            )
        return {"train", "validation", UNLABELLED}
    hidden = {"holdout"}
    if leave_out is not None:
        name, known = with_letter(leave_out), fold_names(data.groups, split)
        if name not in known:
            raise UsageError(
                f"leave out one of {', '.join(known)}. Received: {leave_out!r}"
            )
        begin = (SITE, SITE_VALIDATION, UNLABELLED_SITE)
        begin = begin if split.kind == "site" else ("fold-",)
        hidden |= {prefix + name for prefix in begin}
    return set(data.groups) - hidden


def _dealt(rows: Sequence[Row], before: Task, task: Task) -> dict[str, Assignment]:
    """Where every patient of the rows belongs, by the split of `task`."""
    work_items = [_work_item(row, task) for row in rows]
    fixed = {row.patient_id for row in rows if row.role}
    if before.split.kind not in ("fractions", "official"):
        fixed |= {row.patient_id for row in rows if row.split == "train"}
    _check_patients(
        [work_item for work_item in work_items if work_item.patient_id not in fixed],
        task,
    )
    recorded = dict.fromkeys(sorted(fixed), Assignment(split="train"))
    return assign(work_items, task, recorded=recorded)


def _work_item(row: Row, task: Task) -> WorkItem:
    """What ingest knew of the record when it dealt the patients."""
    target = row.target or (float("nan"),) * task.target_size
    return WorkItem(
        sample_id=row.sample_id,
        study_id=row.study_id,
        patient_id=row.patient_id,
        private=row.study_id,
        sources={},
        target=target,
        covariates=row.covariates,
        strata=cohort.strata(Label(target=target), task),
        role=row.role,
        facts=Facts(site=row.site),
    )


def _check_patients(work_items: Iterable[WorkItem], task: Task) -> None:
    """Refuses more folds than there are patients, of a class or at all."""
    folds = task.split.folds
    patients: dict[str, set[str]] = {}
    if task.target.is_single_label:
        patients = {name: set() for name in task.target.classes}
    everybody = set()
    for work_item in work_items:
        if work_item.labelled:
            everybody.add(work_item.patient_id)
        for name in work_item.strata if task.target.is_single_label else ():
            patients[name].add(work_item.patient_id)
    counts = {f"class {name!r}": len(of_class) for name, of_class in patients.items()}
    counts["the data set"] = len(everybody)
    for what, number in counts.items():
        if number < folds:
            fewer = f"Choose {number} folds or fewer" if number > 1 else "Add patients"
            raise UsageError(
                f"every one of {folds} folds wants a patient of each class, and {what} "
                f"has {number} who may be seen. {fewer}, or merge the class with "
                "another one in the label file and ingest again"
            )


def _check_room(data: DataSet, to: Path, leave_out: str | None) -> None:
    groups = _seen_groups(data, leave_out)
    wanted = sum(shard.bytes for shard in data.shards if shard.group in groups)
    there = next(path for path in to.absolute().parents if path.is_dir())
    free = shutil.disk_usage(there).free
    if free < wanted:
        raise DataError(
            f"the copies of the records take {wanted / 1e6:.0f} MB, and the disk of "
            f"{to} has {free / 1e6:.0f} MB free. Free some space, or name a place on "
            "another disk"
        )


@contextlib.contextmanager
def _refusals(to: Path) -> Iterator[None]:
    """Gives what the disk says an error with its cure."""
    try:
        yield
    except LockedError as error:
        raise UsageError(
            f"another process is making {to} ({error.holder}). Wait for it, or name "
            "another place"
        ) from error
    except OSError as error:
        cure = "Free some space" if error.errno in NO_ROOM else "Make it writable"
        raise DataError(
            f"{to} can't be written: {error.strerror}. {cure}, or name a place on "
            "another disk"
        ) from error
