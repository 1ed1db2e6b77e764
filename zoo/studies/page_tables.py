"""The paper's tables beside ours, and its claims tested."""

from collections.abc import Iterable
from typing import Any

from zoo.evaluation.results.metric_text import decimals
from zoo.reporting.markup import Markup, element
from zoo.studies.page_parts import section, table
from zoo.studies.table import UNPUBLISHED

_HOLDOUT = ":holdout"  # of a source's name
_LEAKS = (
    "By image, n counts images, and intervals take neighbouring slices of a patient "
    "for independent: they are too narrow. The two lines are of other samples, so what "
    "it flatters by has no interval."
)


def tables(report: dict[str, Any]) -> list[Markup]:
    """A section for each table of which the paper or we have a figure."""
    return [_table(content) for content in report["tables"] if _has_any(content)]


def _has_any(content: dict[str, Any]) -> bool:
    return any(row["ours"] is not None or _is_published(row) for row in content["rows"])


def _is_published(row: dict[str, Any]) -> bool:
    return bool(set(row["paper"]) - {UNPUBLISHED})


def _table(content: dict[str, Any]) -> Markup:
    rows, kinds = [], []
    places = _places(value for row in content["rows"] for value in row["paper"])
    is_theirs = any(map(_is_published, content["rows"]))
    for row in content["rows"]:
        for kind, cells in _lines(row, places, is_theirs=is_theirs):
            rows.append(cells)
            kinds.append(kind)
    between = [["p between the groups", "", "", *ps] for ps in _between(content)]
    rows += between
    kinds += ["ours"] * len(between)
    how = {
        "pooled": "Ours: value (95 % interval); folds are pooled.",
        "fold_mean": "Ours: mean over the folds (standard deviation).",
    }[content["aggregate"]]
    if any("~" in cell for line in rows for cell in line):
        how += " ~: approximate."
    header = ["row", "whose", "n", *content["columns"]]
    if {line[1] for line in rows} <= {"ours", ""}:  # which nobody need be told
        header, *rows = [line[:1] + line[2:] for line in (header, *rows)]
    parts = [table(header, rows, kinds=kinds), element("p", how, class_="note")]
    if "leaks" in kinds:
        parts.append(element("p", _LEAKS, class_="note"))
    notes = (content["note"], _few(content["rows"]), _not_made(content["rows"]))
    parts += [element("p", words, class_="note") for words in notes if words]
    return section(content["title"], *parts)


def _between(content: dict[str, Any]) -> list[list[str]]:
    """Of each way to separate patients a p for each column."""
    ways = {(row["of"], row["by"]): row for row in content["rows"] if row.get("by")}
    return [[_p(p) for p in row["p_between"]] for row in ways.values()]


def _few(rows: Iterable[dict[str, Any]]) -> str:
    """Of which groups of patients little can be said, and why."""
    few = (f"{r['label']} ({r['too_few']})" for r in rows if r.get("too_few"))
    words = "; ".join(few)
    return f"Too few to say much: {words}." if words else ""


def _not_made(rows: Iterable[dict[str, Any]]) -> str:
    """Which rows have no line of ours, and why; "" where all have one."""
    labels: dict[str, list[str]] = {}
    for row in rows:
        if row["ours"] is None:
            labels.setdefault(row["why_not"], []).append(row["label"])
    groups = (f"{', '.join(names)} ({why})" for why, names in labels.items())
    return f"Not made here: {'; '.join(groups)}." if labels else ""


def _lines(
    row: dict[str, Any], places: int, *, is_theirs: bool
) -> list[tuple[str, list[str]]]:
    """The paper's line and ours, and how much images flatter.

    Of a row that was not made the paper's alone, where it has one.

    Args:
        is_theirs: whether the paper has a figure in the table; else it has no lines.
    """
    published = [_published(value, places) for value in row["paper"]]
    lines = [("paper", [row["label"], "paper", "", *published])] if is_theirs else []
    if row["ours"] is None:
        printed = [("printed", cells) for _, cells in lines]
        return printed if _is_published(row) else []
    by_image = row.get("ours_by_image")
    whose = "ours" if by_image is None else "ours, by patient"
    label, kind = ("", "ours") if is_theirs else (row["label"], "alone")
    lines.append((kind, [label, whose, *_cells(row["ours"])]))
    if by_image is not None:
        lines.append(
            ("leaks", ["", "ours, by image (leaks)", *_cells(by_image, " images")])
        )
        pairs = zip(row["ours"], by_image)
        gains = [_gain(patient, image) for patient, image in pairs]
        lines.append(("leaks", ["", "it flatters by", "", *gains]))
    return lines


def _places(values: Iterable[float | str]) -> int:
    """Decimals of a paper's table, two or more: it prints all with as many."""
    texts = [repr(float(value)) for value in values if value != UNPUBLISHED]
    return max([2, *(len(text.partition(".")[2]) for text in texts)])


def _published(value: float | str, places: int) -> str:
    return "not published" if value == UNPUBLISHED else f"{value:.{places}f}"


def _cells(cells: list[dict[str, Any]], unit: str = "") -> list[str]:
    """The number of patients, or of what `unit` says, and a figure for each column."""
    numbers = dict.fromkeys(str(cell["number"]) for cell in cells if cell["number"])
    if not unit and cells[0]["level"] == "sample":
        unit = " samples"
    return [f"{' / '.join(numbers)}{unit}", *(cell["text"] for cell in cells)]


def _gain(patient: dict[str, Any], image: dict[str, Any]) -> str:
    if patient["value"] is None or image["value"] is None:
        return "-"
    return f"{image['value'] - patient['value']:+.3f}"


def claims(report: dict[str, Any]) -> list[Markup]:
    """What the paper says, tested on the same patients."""
    if not report["claims"]:
        return []
    return [section("The paper's claims, tested", *map(_claim, report["claims"]))]


def _claim(claim: dict[str, Any]) -> Markup:
    percent = f"{100 * claim['confidence']:g} % interval"
    header = ("model", "reference", "figure", f"difference ({percent})")
    if claim["gains"]:
        header = ("gain of", "and of", "figure", f"difference of gains ({percent})")
    header += ("p", "p after Holm", "what")
    rows = [
        (
            *_sides(row),
            row["figure"],
            _difference(row),
            _p(row["p"]),
            _p(row["p_holm"]),
            row["verdict"].replace(_HOLDOUT, ""),
        )
        for row in claim["rows"]
    ]
    where = "patients set aside" if claim["holdout"] else "patients"
    words = (
        f"Paired, on the same {claim['patients']} {where} (level: {claim['level']})."
    )
    return element(
        "div",
        element("h3", claim["claim"]),
        table(header, rows),
        element("p", words, class_="note"),
    )


def _sides(row: dict[str, Any]) -> tuple[str, str]:
    """The two models, or their gains."""
    if row["over"] is None:
        return _name(row["model"]), _name(row["reference"])
    mine, other = (
        f"{_name(row[side])} over {_name(row['over'][side])}{_gain_of(row[value])}"
        for side, value in (("model", "value"), ("reference", "reference_value"))
    )
    return mine, other


def _name(source: str) -> str:
    """Without its part, which stands below the table."""
    return source.removesuffix(_HOLDOUT)


def _gain_of(value: float | None) -> str:
    return "" if value is None else f": {value:+.3f}"


def _difference(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "not defined"
    text = f"{row['difference']:+.3f}"
    low, high = row["interval"]["low"], row["interval"]["high"]
    return text if low is None else f"{text} ({low:+.3f} to {high:+.3f})"


def _p(value: float | None) -> str:
    return "-" if value is None else decimals(value)
