"""The nested figure on the page: the whole search on patients that it never saw."""

from tuning.reporting import svg
from tuning.reporting.axis import shown
from tuning.reporting.findings import Findings
from tuning.reporting.nested import Nested, OuterFold
from zoo.reporting.markup import Markup, element, joined

TITLE = "The whole search, on patients that it never saw"
_WORDS = (
    "For each outer fold the search was made anew without its patients, and its best "
    "recipe tested once on them. This is the figure of the procedure, not of the "
    "winner above, and choosing has not flattered it."
)


def section(findings: Findings, nested: Nested) -> Markup:
    """Figure, interval, and of each outer fold what was chosen."""
    return joined(
        [_figures(nested), element("p", _WORDS, class_="note"), table(findings, nested)]
    )


def _figures(nested: Nested) -> Markup:
    pooled = nested.pooled
    if pooled is None:
        judged = sum(fold.patients is not None for fold in nested.folds)
        return element(
            "p",
            f"{judged} of {len(nested.folds)} outer folds are judged so far; their "
            "figure is there once all are.",
        )
    value = "undefined" if pooled.value is None else f"{pooled.value:.4f}"
    words = f"{pooled.title} of {pooled.count} {pooled.level}s, outer folds pooled"
    boxes = [_box(value, words)]
    if pooled.interval is not None:
        low, high = pooled.interval
        percent = f"{100 * pooled.confidence:g} %"
        boxes.append(_box(f"{low:.4f} to {high:.4f}", f"its {percent} interval"))
    return element("div", *boxes, class_="figures")


def _box(figure: str, words: str) -> Markup:
    return element("div", element("b", figure), element("span", words))


def table(findings: Findings, nested: Nested) -> Markup:
    """A row for each outer fold: its winner, both figures, the chosen values."""
    objective = findings.sweep.settings.objective
    names = fields(nested)
    header = ("outer fold", "trials", "its best", "chosen by", "on its patients")
    header += ("patients", *(name.rpartition(".")[2] for name in names))
    rows = [_row(fold, names) for fold in nested.folds]
    caption = f"What each outer fold's search chose, by {objective}"
    return svg.table(header, rows, caption)


def fields(nested: Nested) -> list[str]:
    """That any of the winners has a value of, in the order of the first."""
    winners = [fold.winner for fold in nested.folds if fold.winner is not None]
    return list(dict.fromkeys(name for each in winners for name in each.values))


def _row(fold: OuterFold, names: list[str]) -> tuple[str, ...]:
    winner = fold.winner
    values = {} if winner is None else winner.values
    return (
        fold.fold,
        str(fold.trials),
        "none" if winner is None else f"trial {winner.trial_id}",
        "" if winner is None else f"{winner.objective:.4f}",
        "" if fold.tested is None else f"{fold.tested:.4f}",
        "not judged" if fold.patients is None else str(fold.patients),
        *(shown(values[name]) if name in values else "–" for name in names),
    )
