"""What a run reached on some of the patients, as `zoo.evaluate --by` wrote it."""

from pathlib import Path
from typing import Any

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
    result = _of_split(evaluation, split)
    metrics = _covariate(result, by)["groups"].get(group)
    if metrics is None:
        return None
    level = result["subgroups"]["level"]
    return judged.of_metrics(evaluation.name, result, split, level, metrics)


def too_few(evaluation: Path, split: str, by: str, group: str) -> str:
    """Why little can be said of a group, e.g. `2 patients of class ill`; else "".

    Raises:
        DataError: as `read`.
    """
    groups = _covariate(_of_split(evaluation, split), by)["groups"]
    return groups[group]["too_few"] if group in groups else ""


def p_between(evaluation: Path, split: str, by: str, metric: str) -> float | None:
    """Of the test that the figure is the same in all groups; none where it has none.

    Of two classes a figure of one class is that of the positive one.

    Raises:
        DataError: as `read`.
    """
    result = _of_split(evaluation, split)
    tests = _covariate(result, by)["heterogeneity"]
    test = tests.get(metric, tests.get(f"{result.get('positive_class')}: {metric}", {}))
    return test.get("p")


def _of_split(evaluation: Path, split: str) -> dict[str, Any]:
    """The metrics.json whose groups are of the split."""
    paths = [evaluation / place / "metrics.json" for place in _PLACES]
    for result in (json_objects.read(path) for path in paths if path.is_file()):
        if result.get("subgroups", {}).get("split") == split:
            return result
    raise DataError(
        f"{evaluation.name} has no groups of the {split} split: zoo.evaluate --by "
        "looks at the last one. Take that for the row"
    )


def _covariate(result: dict[str, Any], by: str) -> dict[str, Any]:
    return result["subgroups"]["covariates"][by.partition(":")[0]]
