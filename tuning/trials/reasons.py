"""Why a fold has no figure, in one line that may be written down."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipelines import pseudonyms
from pipelines.errors import ZooError

_MOST_CHARACTERS = 300
_ELLIPSIS = "..."
# A URL, or a path from the root, of the home directory or of a drive.
_PLACE = re.compile(r"""(?:\b[a-z0-9]{2,}://|(?<![\w.])~?/|\b[A-Z]:[\\/])[^\s'",;)]+""")
_PSEUDONYM = re.compile(rf"\b{pseudonyms.LETTER}?{pseudonyms.DIGITS}\b")


def one_line(error: BaseException, private: Sequence[str | os.PathLike] = ()) -> str:
    """An error without paths and pseudonyms.

    Args:
        private: places that it may name, absolute or not.
    """
    text = str(error)
    if not isinstance(error, ZooError):
        text = f"{type(error).__name__}: {text}"
    return without_names(text, private)


def without_names(text: str, private: Sequence[str | os.PathLike] = ()) -> str:
    """A text on one line, of some length, without paths and pseudonyms."""
    known = (*private, Path.cwd(), Path.home(), tempfile.gettempdir())
    places = sorted({str(place) for place in known}, key=len, reverse=True)
    for place in places:
        if len(place) > 1:
            text = text.replace(place, "<path>")
    text = re.sub(r"<path>[^\s'\",;)]*", "<path>", _PLACE.sub("<path>", text))
    text = " ".join(_PSEUDONYM.sub("<id>", text).split())
    if len(text) <= _MOST_CHARACTERS:
        return text
    return text[: _MOST_CHARACTERS - len(_ELLIPSIS)] + _ELLIPSIS
