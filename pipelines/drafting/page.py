"""The draft as a page: what there is, a picture of each kind, and the task file."""

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import atomic_files

_STYLE = Path(__file__).with_name("page.css")
_NUMBER = re.compile(r"[-+]?[\d.,]+(?:\s?%| of \d+)?")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells under a title; nothing that tells whose a study is.

    Args:
        columns: headings.
        rows: each of as many cells.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self):
        lengths = {len(row) for row in self.rows} - {len(self.columns)}
        if lengths:
            raise ValueError(
                f"rows of {self.title!r} want {len(self.columns)} cells. Received: "
                f"{', '.join(map(str, sorted(lengths)))}"
            )


def write(
    path: Path,
    *,
    title: str,
    tables: Sequence[Table],
    sheet: Path | None,
    task_text: str,
) -> None:
    """Writes one file that asks for no other, whole or not at all.

    Args:
        sheet: a PNG file that becomes part of the page; none = no pictures.
        task_text: the task file.

    Raises:
        DataError: the sheet can't be read, or the page can't be written.
    """
    page = text(title=title, tables=tables, sheet=_read(sheet), task_text=task_text)
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write_text(path, page)
    except OSError as error:
        raise DataError(
            f"{path} could not be written: {error.strerror or error}"
        ) from error


def text(
    *, title: str, tables: Sequence[Table], sheet: bytes | None, task_text: str
) -> str:
    """The page.

    Args:
        sheet: the bytes of a PNG.
    """
    sections = [_section(table.title, _table(table)) for table in tables]
    if sheet is not None:
        shown = base64.b64encode(sheet).decode("ascii")
        alt = "One slice of every kind of series"
        picture = f'<img alt="{alt}" src="data:image/png;base64,{shown}">'
        sections.append(_section("One picture of each kind", picture))
    task = f'<pre class="scroll" tabindex="0">{html.escape(task_text)}</pre>'
    sections.append(_section("The task file", task))
    heading = html.escape(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{heading}</title><style>{_STYLE.read_text(encoding='utf-8')}</style>"
        f"</head>\n<body><main><h1>{heading}</h1>\n{''.join(sections)}</main></body>"
        "</html>\n"
    )


def _read(sheet: Path | None) -> bytes | None:
    if sheet is None:
        return None
    try:
        return Path(sheet).read_bytes()
    except OSError as error:
        raise DataError(f"{sheet} can't be read: {error.strerror or error}") from error


def _section(title: str, content: str) -> str:
    return f"<section><h2>{html.escape(title)}</h2>{content}</section>\n"


def _table(table: Table) -> str:
    if not table.rows:
        return '<p class="none">None.</p>'
    right = [
        all(_NUMBER.fullmatch(row[place]) or not row[place] for row in table.rows)
        for place in range(len(table.columns))
    ]
    head = _row("th", table.columns, right)
    body = "\n".join(_row("td", row, right) for row in table.rows)
    return (
        f'<div class="scroll" tabindex="0"><table><thead>{head}</thead><tbody>{body}'
        "</tbody></table></div>"
    )


def _row(tag: str, cells: Sequence[str], right: Sequence[bool]) -> str:
    """One row; numbers stand flush right."""
    marked = [
        f"<{tag}{' class=number' if number else ''}>{html.escape(cell)}</{tag}>"
        for cell, number in zip(cells, right)
    ]
    return f"<tr>{''.join(marked)}</tr>"
