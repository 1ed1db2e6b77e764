"""Cells of an Excel workbook that have no value, though they are not empty.

`python_calamine` reads them as empty, which in a table of labels means "not known".
"""

import posixpath
import zipfile
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def without_value(path: Path, sheet: str) -> list[str]:
    """Places of error values and of formulas that no program has computed.

    Returns:
        As a person finds them: `B7 (#N/A)`, `C2 (a formula without a value)`.

    Raises:
        KeyError, zipfile.BadZipFile, ElementTree.ParseError: it is no such workbook.
    """
    found = []
    with zipfile.ZipFile(path) as file, file.open(_part(file, sheet)) as part:
        for _, element in ElementTree.iterparse(part):
            if element.tag == f"{_MAIN}c":
                value = element.findtext(f"{_MAIN}v")
                place = element.get("r", "a cell")
                if element.get("t") == "e":
                    found.append(f"{place} ({value})")
                elif element.find(f"{_MAIN}f") is not None and not value:
                    is_text = element.get("t") == "str"  # which may well be ""
                    if not is_text:
                        found.append(f"{place} (a formula without a value)")
            elif element.tag == f"{_MAIN}row":
                element.clear()
    return found


def _part(file: zipfile.ZipFile, sheet: str) -> str:
    """Name of the part that holds a sheet."""
    workbook = ElementTree.fromstring(file.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    ids = {
        one.get("name"): one.get(_RELATION) for one in workbook.iter(f"{_MAIN}sheet")
    }
    target = targets[ids[sheet]]
    return posixpath.normpath(posixpath.join("xl", target)).removeprefix("/")
