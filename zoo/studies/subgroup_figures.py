"""What a run reached on some of the patients, as `zoo.evaluate --by` wrote it."""

from pathlib import Path

from pipelines.errors import DataError
from zoo.evaluation.tables import judged
from zoo.evaluation.tables.judged import Judged
from zoo.runs import json_objects

_PLACES = ("", "summary", "holdout")  # of a run; of all folds


def read(evaluation: Path, split: str, by: str, group: str) -> Judged | None:
    """The figures of a group; none where no patient is in it.

    Args:
        evaluation: the directory that it was told to write; of all folds it holds one
            for them together, and one for those who were set aside.
        by: as of `--by`.

    Raises:
        DataError: it did not look at the split.
    """
    name = by.partition(":")[0]
    for place in _PLACES:
        path = evaluation / place / "metrics.json"
        if not path.is_file():
            continue
        result = json_objects.read(path)
        found = result.get("subgroups", {})
        if found.get("split") != split:
            continue
        metrics = found["covariates"][name]["groups"].get(group)
        if metrics is None:
            return None
        level = found["level"]
        return judged.of_metrics(evaluation.name, result, split, level, metrics)
    raise DataError(
        f"{evaluation.name} has no groups of the {split} split: zoo.evaluate --by "
        "looks at the last one. Take that for the row"
    )
