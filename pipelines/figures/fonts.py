"""Fonts for names in any script: which of those on this machine have the glyphs."""

import functools
import importlib.util
import logging
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

# The extra `fonts`.
_PACKAGES = (
    "noto_cjk_sans_otc",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
)
_SUFFIXES = (".ttf", ".otf", ".ttc")
_WEIGHTS = ("normal", "bold")  # that figures are drawn in
_EMPTY = ("lastresort", "blank", "notdef")  # have a glyph for all, which is a box
_DRAWN_AS_NOTHING = ("Cc", "Cf", "Zs", "Zl", "Zp")  # controls, formats, spaces
_LOG = logging.getLogger("matplotlib.font_manager")
_told: set[str] = set()


def fit(figure: Figure) -> None:
    """Gives every text of a figure the fonts that have its letters.

    Texts are taken as they are, a `$` as a dollar. Letters that no font on this machine
    has stay boxes, and one line on stderr says how to get a font that has them.
    """
    texts = figure.findobj(Text)
    for text in texts:
        text.set_parse_math(False)
    letters = {letter for text in texts for letter in text.get_text()}
    family = _family(texts[0].get_fontfamily()) if texts else ()
    added, missing = _families(family, _drawn(letters))
    for text in texts if added else ():
        text.set_fontfamily([*_family(text.get_fontfamily()), *added])
    _tell(missing)


@contextmanager
def quiet() -> Iterator[None]:
    """Without Matplotlib's words on each letter that no font has, at each drawing.

    `fit` says it once. Nor is it news that a font has no bold face.
    """
    level = _LOG.level
    _LOG.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
            yield
    finally:
        _LOG.setLevel(level)


def _drawn(letters: Iterable[str]) -> frozenset[str]:
    return frozenset(
        letter
        for letter in letters
        if unicodedata.category(letter) not in _DRAWN_AS_NOTHING
    )


def _family(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@functools.cache
def _families(
    family: tuple[str, ...], letters: frozenset[str]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Names of the fonts to add to `family`, and the letters that none has."""
    missing = letters - frozenset.union(frozenset(), *map(_covered, family))
    added = []
    while missing:
        best = max(_candidates(), key=lambda n: len(missing & _covered(n)), default="")
        if not best or not missing & _covered(best):
            break
        added.append(best)
        missing -= _covered(best)
    return tuple(added), missing


@functools.cache
def _candidates() -> tuple[str, ...]:
    """Names of all fonts, sans-serif ones first."""
    _add_files()
    names = {entry.name for entry in font_manager.fontManager.ttflist}
    drawing = (name for name in names if not _is_empty(name))
    return tuple(sorted(drawing, key=lambda name: ("sans" not in name.lower(), name)))


def _is_empty(name: str) -> bool:
    return any(word in name.lower().replace(" ", "") for word in _EMPTY)


def _add_files() -> None:
    """Tells Matplotlib of fonts that came since it last looked, or by the extra."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in {*font_manager.findSystemFonts(), *_packaged()} - known:
        try:
            font_manager.fontManager.addfont(path)
        except (OSError, RuntimeError, ValueError, KeyError, NotImplementedError):
            continue  # a file that only looks like a font; the others serve


def _packaged() -> Iterator[str]:
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        for folder in spec.submodule_search_locations or () if spec else ():
            for path in Path(folder).rglob("*"):
                if path.suffix in _SUFFIXES:
                    yield str(path)


@functools.cache
def _covered(name: str) -> frozenset[str]:
    """Letters that a font has in every weight that is drawn."""
    covered = []
    for weight in _WEIGHTS:
        wanted = FontProperties(family=[name], weight=weight)
        try:
            path = font_manager.findfont(wanted, fallback_to_default=False)
            codes = font_manager.get_font(path).get_charmap()
        except (OSError, RuntimeError, ValueError):
            return frozenset()
        covered.append(frozenset(map(chr, codes)))
    return frozenset.intersection(*covered)


def _tell(missing: frozenset[str]) -> None:
    new = sorted(missing - _told)
    if not new:
        return
    _told.update(new)
    letters = " ".join(new[:8]) + (" ..." if len(new) > 8 else "")
    print(
        f"warning: no font on this machine has the letters {letters}: figures show "
        'boxes for them. Run: pip install "mri-volume-zoo[fonts]" (Chinese, Japanese, '
        "Korean, Arabic, Devanagari), or install a font of the system, as by "
        "apt-get install fonts-noto-cjk fonts-noto-core",
        file=sys.stderr,
    )
