"""What a comparison shows, in words that claim no more."""

from collections.abc import Callable

from zoo.evaluation.comparison.report.row import Row

Show = Callable[[float], str]
_NOTHING = 1e-9


def short(row: Row, confidence: float) -> str:
    """For a column: which of the two is better, if that is shown."""
    if row.inference.p is None:
        return "not tested"
    if _shown(row, confidence):
        return f"{_better(row)} {'better' if row.over is None else 'gains more'}"
    return "no difference shown"


def sentence(row: Row, confidence: float, show: Show) -> str:
    """The result, and what remains possible."""
    inference = row.inference
    if inference.p is None:
        return f"not tested: {inference.reason}"
    if inference.low is None:
        return f"no difference: {inference.reason}"
    if _shown(row, confidence):
        better, worse = _better(row), _worse(row)
        verb = "is better" if row.over is None else "gains more"
        text = f"{better} {verb} than {worse}"
        if _leaves_out_zero(row):
            near, far = sorted(map(abs, (inference.low, inference.high)))
            text += f", by {show(near)} to {show(far)}"
        else:
            text += ", though by how much is open: the interval reaches 0"
    else:
        text = f"no difference shown; {possible(row, show)}"
        if _leaves_out_zero(row):
            level = f"{1 - confidence:.2g}"
            text += f" (its own interval leaves out 0, its Holm p is not below {level})"
    note = f" ({inference.note})" if inference.note else ""
    return f"{text}{_on_margin(row, confidence, show)}{note}"


def possible(row: Row, show: Show) -> str:
    """The interval in words: what of the model against the reference remains."""
    worst, best = _gains(row)
    less, more = ("worse", "better") if row.over is None else ("less", "more")

    def side(gain: float) -> str:
        if abs(gain) < _NOTHING:
            return "equal"
        return f"{show(abs(gain))} {more if gain > 0 else less}"

    verb = "may be" if row.over is None else "may gain"
    return f"{row.titles[0]} {verb} from {side(worst)} to {side(best)}"


def on_margin(row: Row, confidence: float) -> str:
    """`non-inferior`, `equivalent`, `inferior` or `not shown`; "" without a margin.

    Non-inferior: the p of the margin, adjusted by Holm, is below half of what
    confidence leaves, as one end of the interval has it. Equivalent: and the whole
    interval lies within the margin. Inferior: it lies beyond.
    """
    if row.margin is None:
        return ""
    if row.margin.p_holm is None or row.inference.low is None:
        return "not shown"
    worst, best = _gains(row)
    if row.margin.p_holm < (1 - confidence) / 2:
        within = -row.margin.size < worst and best < row.margin.size
        return "equivalent" if within else "non-inferior"
    return "inferior" if best < -row.margin.size else "not shown"


def _on_margin(row: Row, confidence: float, show: Show) -> str:
    if row.margin is None:
        return ""
    size = show(row.margin.size)
    return {
        "equivalent": f". Equivalent: within {size} either way",
        "non-inferior": f". Not inferior: worse by less than {size}",
        "inferior": f". Inferior: worse by more than {size}",
        "not shown": f". Non-inferiority by the margin {size} is not shown",
    }[on_margin(row, confidence)]


def _shown(row: Row, confidence: float) -> bool:
    return row.p_holm is not None and row.p_holm < 1 - confidence


def _gains(row: Row) -> tuple[float, float]:
    """The interval in terms of better: the least and the largest gain."""
    sign, inference = row.figure.objective.sign, row.inference
    ends = (sign * inference.low, sign * inference.high)
    return min(ends), max(ends)


def _leaves_out_zero(row: Row) -> bool:
    """Whether the interval leaves out 0."""
    low, high = row.inference.low, row.inference.high
    return low is not None and high is not None and (low > 0 or high < 0)


def _better(row: Row) -> str:
    gain = row.figure.objective.sign * row.difference
    return row.titles[0] if gain > 0 else row.titles[1]


def _worse(row: Row) -> str:
    return row.titles[1] if _better(row) == row.titles[0] else row.titles[0]
