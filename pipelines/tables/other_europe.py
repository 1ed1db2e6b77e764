"""Text that reads as Windows-1252 but is spelt as in another code page of Europe.

Central Europe (cp1250), Turkey (cp1254) and the Baltic (cp1257) have letters of their
own where Windows-1252 has others, and share the rest: Czech `střední` reads as
`støední`. What no language of Western Europe spells so is told here by its letters;
the comments give the letter that was meant.
"""

import re

_SPELT = (
    r"[^\W\d_][ìù][^\W\d_]",  # ě, ů: Italian and French have them at the end of a word
    r"ø\w*[íú]|[íú]\w*ø",  # ř
    r"[èò]\w*á|á\w*[èò]",  # č, ň
    r"õ(?!e|\W|$)\w*[áéíóú]|[áéíóú]\w*õ(?!e)",  # ő: in Portuguese always before e
    r"ñ(?![aeiouáéíóúü])",  # ń, ň
    r"ês\w",  # ę
    r"œ(?:æ|\W|$)",  # ś, ść
    r"ã[b-df-lnp-rtv-z]",  # ă
)
_TOGETHER = (  # in one file
    ("[øìù]", "[áý]"),  # ř, ě, ů beside what Czech shares
    ("[èòæðëøàìù]", "[šž]"),  # č, ć, đ, ė, ų, ą beside what all of them share
    ("[èò]", "ý"),
    (r"õ(?!e)", "[áéíóú]"),  # ő; Estonian has none of the latter
    ("û", "[öõ]"),  # ű
    ("[ðþý]", "[çü]"),  # ğ, ş, ı; Icelandic has none of the latter
)
_ICELANDIC, _ITS_VOWELS = "[ðþý]", "[áéíóúæ]"  # or ğ, ş, ı of Turkish, ț of Romanian


def odd_line(text: str) -> int:
    """The first line that Western Europe would not spell so, from 1; 0 = none."""
    lines = text.lower().splitlines()
    for number, line in enumerate(lines, 1):
        if any(re.search(pattern, line) for pattern in _SPELT):
            return number
    odd = [
        max(first, second)
        for pair in _TOGETHER
        for first, second in [[_first(pattern, lines) for pattern in pair]]
        if first and second
    ]
    icelandic = _first(_ICELANDIC, lines)
    if icelandic and not _first(_ITS_VOWELS, lines):
        odd.append(icelandic)
    return min(odd, default=0)


def _first(pattern: str, lines: list[str]) -> int:
    """The first line with it, from 1; 0 = none."""
    found = (n for n, line in enumerate(lines, 1) if re.search(pattern, line))
    return next(found, 0)
