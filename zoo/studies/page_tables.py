"""The paper's tables beside ours, and its claims tested."""

from collections.abc import Iterable
from typing import Any

from zoo.evaluation.results.metric_text import decimals
from zoo.reporting.markup import Markup, element
from zoo.studies.page_parts import section, table
from zoo.studies.table import UNPUBLISHED

_NOT_MADE = "not made here"
_LEAKS = (
    "By image, n counts images, and intervals take neighbouring slices of a patient "
    "for independent: they are too narrow. The two lines are of other samples, so what "
    "it flatters by has no interval."
)


def tables(report: dict[str, Any]) -> list[Markup]:
    """A section for each table of which the paper or we have a figure."""
    return [_table(content) for content in report["tables"] if _has_any(content)]


def _has_any(content: dict[str, Any]) -> bool:
    return any(
        row["ours"] is not None or set(row["paper"]) - {UNPUBLISHED}
        for row in content["rows"]
    )


def _table(content: dict[str, Any]) -> Markup:
    rows, kinds = [], []
    places = _places(value for row in content["rows"] for value in row["paper"])
    for row in content["rows"]:
        for kind, cells in _lines(row, len(content["columns"]), places):
            rows.append(cells)
            kinds.append(kind)
    how = {
        "pooled": "Ours: value (95 % interval); folds are pooled.",
        "fold_mean": "Ours: mean over the folds (standard deviation).",
    }[content["aggregate"]]
    header = ("row", "whose", "n", *content["columns"])
    parts = [table(header, rows, kinds=kinds), element("p", how, class_="note")]
    if "leaks" in kinds:
        parts.append(element("p", _LEAKS, class_="note"))
    if content["note"]:
        parts.append(element("p", content["note"], class_="note"))
    return section(content["title"], *parts)


def _lines(
    row: dict[str, Any], number: int, places: int
) -> list[tuple[str, list[str]]]:
    """The paper's line and ours, and how much images flatter."""
    published = [_published(value, places) for value in row["paper"]]
    lines = [("paper", [row["label"], "paper", "", *published])]
    if row["ours"] is None:
        return [*lines, ("ours", ["", "ours", "", *[_NOT_MADE] * number])]
    by_image = row.get("ours_by_image")
    whose = "ours" if by_image is None else "ours, by patient"
    lines.append(("ours", ["", whose, *_cells(row["ours"])]))
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
    header = ("model", "reference", "figure", "difference", "p", "p after Holm", "what")
    rows = [
        (
            row["model"],
            row["reference"],
            row["figure"],
            _difference(row),
            _p(row["p"]),
            _p(row["p_holm"]),
            row["verdict"],
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


def _difference(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "not defined"
    text = f"{row['difference']:+.3f}"
    low, high = row["interval"]["low"], row["interval"]["high"]
    return text if low is None else f"{text} ({low:+.3f} to {high:+.3f})"


def _p(value: float | None) -> str:
    return "-" if value is None else decimals(value)
