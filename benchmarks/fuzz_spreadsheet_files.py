"""Small .xlsx and .ods files, and a plain reader of both (ISO 29500, 26300)."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATED = f'<Relationships xmlns="{_PACKAGE}/relationships">'
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = {"m": _MAIN, "t": f"{_ODF}table:1.0", "o": f"{_ODF}office:1.0"}
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_MOST_REPEATED = 1000
Cell = str | float


def xlsx(rows: list[list[Cell]]) -> dict[str, str]:
    """The parts of a workbook of one sheet; text in shared strings, as Excel has it."""
    texts = sorted({cell for row in rows for cell in row if isinstance(cell, str)})
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in zip("ABCDEFGH", row):
            is_text = isinstance(cell, str)
            kind, value = (' t="s"', texts.index(cell)) if is_text else ("", cell)
            cells.append(f'<c r="{column}{number}"{kind}><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_LINK}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(
            (
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ),
            1,
        )
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default '
        'Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{_RELATED}<Relationship Id="r1" Type="{_LINK}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINK}"><sheets>'
        '<sheet name="Tabelle1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{_RELATED}{related}</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="{len(texts)}" '
        f'uniqueCount="{len(texts)}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><dimension '
        f'ref="A1:C{len(rows)}"/><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }


def ods(rows: list[list[Cell]]) -> dict[str, str]:
    """The parts of a document of one sheet, padded with empty cells as programs do."""
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "table", "text")
    )
    lines = []
    for row in rows:
        cells = [
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}'
            "</text:p></table:table-cell>"
            if isinstance(cell, str)
            else f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        ]
        cells.append('<table:table-cell table:number-columns-repeated="99"/>')
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    lines.append(
        '<table:table-row table:number-rows-repeated="99"><table:table-cell '
        'table:number-columns-repeated="99"/></table:table-row>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return {
        "mimetype": kind,
        "content.xml": f"<office:document-content {spaces}><office:body>"
        f'<office:spreadsheet><table:table table:name="Sheet1">{"".join(lines)}'
        "</table:table></office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}'
        'manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>',
    }


def told(content: bytes, suffix: str) -> list[list[str]]:
    """Rows of text of the first sheet, as the format's standard has them.

    Without empty cells at the end of a row, and without empty rows. Raises any error
    where the file isn't as the standard wants it.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        cells = _xlsx_cells(file) if suffix == ".xlsx" else _ods_cells(file)
        placed: dict[tuple[int, int], str] = {}
        for place, value in cells:
            if place in placed:
                raise ValueError(f"two cells at {place}")
            placed[place] = value
    rows: dict[int, list[str]] = {}
    for (row, column), value in sorted(placed.items()):
        if value:
            own = rows.setdefault(row, [])
            own += [""] * (column - len(own)) + [value]
    return [*rows.values()]


def _xlsx_cells(file: zipfile.ZipFile) -> Iterator[tuple[tuple[int, int], str]]:
    parts = [
        ElementTree.fromstring(file.read(f"xl/{name}.xml"))
        for name in ("sharedStrings", "worksheets/sheet1", "workbook")
    ]
    texts = ["".join(si.itertext()) for si in parts[0].iterfind("m:si", _SPACES)]
    for row_place, row in enumerate(parts[1].iterfind(".//m:row", _SPACES), 1):
        number = int(row.get("r", row_place))
        for column, cell in enumerate(row.iterfind("m:c", _SPACES), 1):
            place = number, column - 1
            if cell.get("r") is not None:
                letters, digits = _PLACE.fullmatch(cell.get("r")).groups()
                place = int(digits), _column(letters) - 1
            yield place, _xlsx_text(cell, texts)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _xlsx_text(cell: ElementTree.Element, texts: list[str]) -> str:
    value = cell.findtext("m:v", None, _SPACES)
    if not value:
        return ""
    match cell.get("t", "n"):
        case "s" if int(value) >= 0:
            return texts[int(value)].strip()
        case "str":
            return value.strip()
        case "n":
            return _number(value)
    raise ValueError(f"a cell of type {cell.get('t')}")


def _ods_cells(file: zipfile.ZipFile) -> Iterator[tuple[tuple[int, int], str]]:
    tree = ElementTree.fromstring(file.read("content.xml"))
    of_table = f"{{{_SPACES['t']}}}"
    number = 0
    for row in tree.iterfind(".//t:table/t:table-row", _SPACES):
        for _ in range(_times(row, f"{of_table}number-rows-repeated")):
            column = 0
            for cell in row.iterfind("t:table-cell", _SPACES):
                for _ in range(_times(cell, f"{of_table}number-columns-repeated")):
                    yield (number, column), _ods_text(cell)
                    column += 1
            number += 1


def _times(element: ElementTree.Element, attribute: str) -> int:
    times = int(element.get(attribute, "1"))
    if times < 1:
        raise ValueError(f"repeated {times} times")
    if times > _MOST_REPEATED and not "".join(element.itertext()).strip():
        return 1  # empty to the end of the sheet
    return times


def _ods_text(cell: ElementTree.Element) -> str:
    office = f"{{{_SPACES['o']}}}"
    text = "\n".join("".join(paragraph.itertext()) for paragraph in cell)
    match cell.get(f"{office}value-type"):
        case "string":
            return (cell.get(f"{office}string-value") or text).strip()
        case "float":
            return _number(cell.attrib[f"{office}value"])
        case None:
            return ""
    raise ValueError(f"a cell of type {cell.get(f'{office}value-type')}")


def _number(text: str) -> str:
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)
