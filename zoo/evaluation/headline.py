"""The result on one target in a sentence."""

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
        value += (
            f" ({100 * evidence['confidence']:g}% interval "
            f"{show(interval['low'])} to {show(interval['high'])})"
        )
    elif entry["value"] == 1 and title == "AUC":
        value += " (no interval: the classes are separated without an overlap)"
    return f"{title} of the {split} split{how}, by {level}: {value}"
