"""Patients of a new run who trained the run that its weights come from.

Patients are compared by their pseudonyms. A run of another project key has others for
the same patients: there nothing can be found.
"""

from collections.abc import Set

from pipelines.errors import UsageError
from pipelines.pseudonyms import with_letter
from pipelines.records.data_set import DataSet, read_stated_manifest
from pipelines.splits.roles import roles
from pipelines.splits.unlabelled import UNLABELLED
from pipelines.tables import table_file
from zoo.runs import seen_patients
from zoo.runs.run import Run

_TRAINING = ("train", UNLABELLED)
_JUDGED = ("validation", "test")


def trained(origin: Run, data: DataSet) -> frozenset[str]:
    """Pseudonyms of the patients who trained `origin`, as far as that is known.

    Those of its predictions of the training split; of its manifest too, if it was
    trained on `data`, since predictions leave out samples without a target; and those
    of the runs that its own weights come from.

    Raises:
        DataError: a file of the run or of the data set can't be read.
    """
    patients = set(origin.origin_patients)
    for output in origin.target_outputs:
        patients |= _predicted(origin, output.target.name)
    if origin.data_digest == data.digest:
        patients |= _of_roles(data, origin.fold, _TRAINING)
    return frozenset(patients)


def seen(patients: Set[str], data: DataSet, fold: str | None) -> dict[str, int]:
    """How many of `patients` are to judge a run, by split; empty if nobody is."""
    counts = {
        split: len(patients & _of_roles(data, fold, (split,))) for split in _JUDGED
    }
    return {split: count for split, count in counts.items() if count}


def check(origin: Run, counts: dict[str, int]) -> None:
    """Raises a UsageError if there are any.

    Args:
        origin: that they trained.
        counts: as of `seen`.
    """
    if not counts:
        return
    raise UsageError(
        f"{seen_patients.in_words(counts)} trained the run {origin.path} that the "
        "weights come from, so the new run would be judged by patients it knows. Begin "
        "from a run that left them out (in the same data set, one of the same fold), "
        "or overrule this by --allow-seen-patients: every output then says so"
    )


def _predicted(run: Run, target: str) -> set[str]:
    path = run.predictions_of(target)
    if not path.is_file():
        return set()
    table = table_file.read(path, as_written=True)
    rows = [dict(zip(table.header, row.cells)) for row in table.rows]
    return {
        with_letter(row["patient_id"])
        for row in rows
        if row.get("split") == "train" and "patient_id" in row
    }


def _of_roles(data: DataSet, fold: str | None, wanted: tuple[str, ...]) -> set[str]:
    played = roles(data.groups, data.task.split, fold)
    return {
        row.patient_id
        for row in read_stated_manifest(data)
        if played[row.group] in wanted
    }
