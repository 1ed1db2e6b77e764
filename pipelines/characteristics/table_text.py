"""Table 1 as rows: for the terminal, for Markdown, for a CSV file."""

import math
from collections.abc import Iterator, Sequence

from pipelines.characteristics.table_one import Line, TableOne
from pipelines.terminal.table import align

_FORMS = {
    "mean": ", mean ± SD",
    "median": ", median (quartiles)",
    "share": ", n (%)",
}
_ALL = "all"


def rows(table: TableOne) -> list[list[str]]:
    """Heading and body, all of one length."""
    heading = [f"by {table.by}", _ALL, *table.groups, "p", "test", "SMD"]
    counts = ["patients, n", *map(str, table.patients), "", "", ""]
    return [heading, counts, *(row for line in table.lines for row in _line(line))]


def _line(line: Line) -> Iterator[list[str]]:
    p = "" if line.test.p is None else p_text(line.test.p)
    ends = [p, line.test.test, _smd(line.smd)]
    title = f"{line.name}{_FORMS[line.form]}"
    blank = [""] * len(line.missing)
    levels = list(line.cells.items())
    if len(levels) == 1:
        level, cells = levels[0]
        words = title if level in ("", "1") else f"{line.name}: {level}, n (%)"
        yield [words, *cells, *ends]
    else:
        yield [title, *blank, *ends]
        for level, cells in levels:
            yield [f"  {level}", *cells, "", "", ""]
    if any(line.missing):
        yield ["  not known", *map(str, line.missing), "", "", ""]


def p_text(p: float) -> str:
    """Three decimals, `<0.001` below.

    >>> p_text(0.00012), p_text(0.0417), p_text(0.9999)
    ('<0.001', '0.042', '>0.999')
    """
    if p < 0.001:
        return "<0.001"
    return ">0.999" if p > 0.9994 else f"{p:.3f}"


def _smd(value: float) -> str:
    if math.isnan(value):
        return ""
    return "∞" if math.isinf(value) else f"{value:.2f}"


def notes(table: TableOne) -> list[str]:
    """What stands below the table."""
    lines = [
        "The unit is the patient. Percent are of those known.",
        "SMD: largest standardised mean difference of two groups.",
    ]
    if table.tests:
        lines.insert(
            1, f"Tests: {', '.join(table.tests)}; two-sided, not corrected for number."
        )
    if table.left_out:
        lines.append(f"{table.left_out} patients of no known {table.by} are left out.")
    return lines


def for_terminal(table: TableOne) -> str:
    """Aligned columns with the notes below."""
    return "\n".join([align(rows(table)), *notes(table)])


def markdown(tables: Sequence[TableOne]) -> str:
    """A page of tables, each with its notes."""
    parts = ["# Characteristics of the patients\n"]
    for table in tables:
        heading, *body = ([_cell(cell) for cell in row] for row in rows(table))
        lines = [heading, ["---"] * len(heading), *body]
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
        parts.append("\n".join(f"{note}  " for note in notes(table)) + "\n")
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    indented = text.startswith("  ")
    text = text.strip().replace("|", "\\|")
    return f"&nbsp;&nbsp;{text}" if indented else text
