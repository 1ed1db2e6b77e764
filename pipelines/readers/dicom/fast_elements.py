"""Plain header values straight from their bytes, for a scan of many files.

pydicom turns an element's bytes into objects of its own, with validation; for the
thirty elements that a scan looks at this takes as long as reading the whole header.
Numbers and ASCII text need none of it. Everything else is left to pydicom.
"""

import struct
from typing import Any

from pipelines.readers.dicom.elements import Elements
from pipelines.readers.dicom.wanted_elements import OF_AN_IMAGE

_NUMBERS = ("DS", "IS")
_TEXTS = ("AS", "CS", "DA", "LO", "SH", "TM", "UI")
_ESCAPE = b"\x1b"  # begins a change of character set (PS3.5, 6.1.2.5)

_TAGS = {keyword: tag for keyword, (tag, _) in OF_AN_IMAGE.items()}


class PlainElements:
    """Answers as the pydicom data set it is made of, and sooner.

    Numbers come as floats and ints; blanks at the ends of text are gone.
    """

    def __init__(self, dataset: Elements):
        self._dataset = dataset
        self._raw = {int(tag): element for tag, element in dataset.items()}
        self.file_meta = dataset.file_meta
        self.original_encoding = dataset.original_encoding

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._dataset

    def get(self, key: str | tuple[int, int], default: Any = None) -> Any:
        """The value of a keyword, or the element of a (group, element) tag."""
        tag = _TAGS.get(key) if isinstance(key, str) else key[0] << 16 | key[1]
        if tag is None:
            return self._dataset.get(key, default)
        element = self._raw.get(tag)
        if element is None:
            return default
        if isinstance(key, str) and element.is_raw and element.value is not None:
            values = _values(element.VR, element.value, element.is_little_endian)
            if values is not None:
                return values
        return self._dataset.get(key, default)


def _values(kind: str | None, content: bytes, little_endian: bool) -> list | None:
    """The values of an element's bytes; none where pydicom must look at them."""
    if kind in _NUMBERS:
        content = content.strip(b" \0")
        return [float(part) for part in content.split(b"\\")] if content else []
    if kind in _TEXTS and content.isascii() and _ESCAPE not in content:
        content = content.strip(b" \0")
        return content.decode("ascii").split("\\") if content else []
    if kind == "US":
        order = "<" if little_endian else ">"
        return list(struct.unpack(f"{order}{len(content) // 2}H", content))
    return None
