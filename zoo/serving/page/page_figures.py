"""How good a model is known to be, as rows of a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from zoo.evaluation.results.shown import preferred


def rows(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each metric of each split, with the interval that tables show.

    Args:
        figures: of model.json, see `zoo.serving.exporting.figures`.

    Returns:
        `of` (who was judged), `confidence`, `target` ("" = the main one), `split`,
        `by`, `samples`, `patients`, `metric`, `value`, and `low` and `high`, none where
        there is no interval. Metrics without a value are left out.
    """
    for part in (figures, figures.get("members", {}), figures.get("mean", {})):
        for target, splits in part.get("metrics", {}).items():
            for split, level in splits.items():
                about = {
                    "of": part["of"],
                    "confidence": part["confidence"],
                    "target": target,
                    "split": split,
                    **{key: level[key] for key in ("by", "samples", "patients")},
                }
                yield from _of_level(level, about)


def _of_level(
    level: Mapping[str, Any], about: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for metric, entry in level.items():
        if not isinstance(entry, dict) or entry["value"] is None:
            continue
        interval = preferred(entry) or {"low": None, "high": None}
        yield {
            **about,
            "metric": metric,
            "value": entry["value"],
            "low": interval["low"],
            "high": interval["high"],
        }
