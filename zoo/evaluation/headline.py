"""The result on one target in a sentence."""

from pipelines.records.data_set import LEAKS
from zoo.evaluation.results.by_kind import RESULTS, kind_of
from zoo.evaluation.results.shown import preferred, shown_level
from zoo.evaluation.tables.by_kind import TABLES


def headline(evidence: dict, how: str = "") -> str:
    """The first metric to look at, of the last split.

    Args:
        how: the folds were put together; of a single run "".
    """
    level = shown_level(evidence)
    split = list(evidence["splits"])[-1]
    kind = kind_of(evidence)
    title, entry = RESULTS[kind].headline(evidence["splits"][split][level])
    show = TABLES[kind].show
    value = "undefined" if entry["value"] is None else show(entry["value"])
    interval = preferred(entry)
    if interval is not None:
        low, high = show(interval["low"]), show(interval["high"])
        ends = f"interval {low} to {high}"
        if "one_sided" in interval:
            ends = f"one-sided bound {low}: the classes are separated wholly"
        about = "approximate " if "approximate" in interval else ""
        value += f" ({about}{100 * evidence['confidence']:g}% {ends})"
    if evidence.get("split_by") == "image":
        return f"{title} of the {split} split{how}, by image: {value}. {LEAKS}"
    return f"{title} of the {split} split{how}, by {level}: {value}"
