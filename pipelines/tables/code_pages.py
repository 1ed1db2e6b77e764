"""Text in the code page of a machine: Windows-1252 or GB 18030, where that shows.

A file that has no mark and is no UTF-8 says nowhere what it is, and every code page
gives *some* letters: what Excel writes on a Mac or in China, Korea and Russia decodes
as Windows-1252 without an error. So text counts as what it is read as only where its
letters stand as they do in words; all else is refused rather than guessed. (Libraries
that guess by statistics name another code page for most tables of a few words.)
"""

import re

from pipelines.tables import other_europe

WESTERN, CHINESE = "Windows-1252, of Western Europe", "GB 18030, Chinese"
_NAMED = (  # as Python calls them
    "cp1250 (Central Europe), cp1251 (Cyrillic), cp1252 (Western Europe), cp1253 "
    "(Greek), cp1254 (Turkish), cp1257 (Baltic), mac_roman, gb18030 (Chinese), cp932 "
    "(Japanese), cp949 (Korean)"
)
_WORD = re.compile(r"[^\W\d_²³¹¼½¾]+")
_ASCII_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # as in PatientGröße
_NO_LETTERS = "ƒªºµ"  # which Unicode calls letters
_ALONE = "àáâäåæçèéêëìíñòóôöøùúüßÀÄÅÆÉÓÖØÜ"  # which may be a word
_IN_WORDS = "’–—´·\xa0"
_OPENING = {"„": "“”", "“": "”", "‘": "’", "‚": "‘’", "«": "»", "¡": "!", "¿": "?"}
_CLOSING = {"”": "“„”", "“": "„", "‘": "‚", "»": "«"}
_BEHIND, _BEFORE = "…™®©ºª°", "±©"  # of a word
_POWER_OF_UNIT = re.compile(r"\b[a-zA-Zµ]{1,2}[²³]")
_WITHIN = re.compile(r"(?i)[a-z][’–—]|[’–—][a-z]|[ŠšŒœŽžŸ]")  # ä, é, ñ on a Mac
_SIGNS_IN_A_ROW = re.compile("[¡-¿]{2}")
_TOUCHING = re.compile(r"[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]")
_HANZI = range(0xB0, 0xF8)  # first bytes of GB 2312
_COMMON_HANZI = range(0xB0, 0xD8)  # by sound: half of all text is from 0xC9 on
_HANGUL = range(0xB0, 0xC9)  # first bytes of Korean syllables
_CYRILLIC_CAPITALS = range(0xC0, 0xE0)
_ACCIDENTS = 2  # letters of a wide code page that may read as UTF-8
_COMMON_SHARE, _BEYOND_HANGUL_SHARE = 0.8, 0.1


def decoded(content: bytes) -> tuple[str, str]:
    """The text of bytes that are no UTF-8, and `WESTERN` or `CHINESE`.

    Raises:
        ValueError: it may be either, or another; says in which line.
    """
    odd = _odd_line(content)
    chinese = _chinese(content)
    if (odd == 0) == (chinese is not None):
        raise ValueError(
            "it is no UTF-8, and its letters do not tell what else it is: see line "
            f"{odd or _first_line(content)}"
        )
    if chinese is not None:
        return chinese, CHINESE
    text = content.decode("cp1252")
    odd = other_europe.odd_line(text)
    if odd:
        raise ValueError(
            "it is no UTF-8, and its letters may be those of Central Europe, Turkey or "
            f"the Baltic: see line {odd}"
        )
    return text, WESTERN


def decoded_as(content: bytes, code_page: str) -> str:
    """The text of bytes in a code page that somebody named.

    Args:
        code_page: as Python calls it, e.g. `cp1250`.

    Raises:
        ValueError: there is none of that name, the bytes are none of its text, or they
            are UTF-8.
    """
    try:
        text = content.decode(code_page)
    except LookupError:
        raise ValueError(
            f"there is no code page {code_page!r}. Some that there are: {_NAMED}"
        ) from None
    if _is_utf_8(content, is_wide=len(text) < len(content)):
        raise ValueError(f"it is UTF-8 and not {code_page}. Leave #{code_page} out")
    return text


def _is_utf_8(content: bytes, *, is_wide: bool) -> bool:
    """Whether bytes are UTF-8; not where they are a few letters of a wide code page.

    Such may be UTF-8 by accident: 女 in GBK is Ů.
    """
    try:
        letters = {letter for letter in content.decode() if not letter.isascii()}
    except UnicodeDecodeError:
        return False
    return len(letters) > (_ACCIDENTS if is_wide else 0)


def _first_line(content: bytes) -> int:
    """The first with letters beyond ASCII."""
    lines = enumerate(content.split(b"\n"), 1)
    return next(number for number, line in lines if not line.isascii())


def _odd_line(content: bytes) -> int:
    """The first line that would be odd as Windows-1252; 0 = none."""
    letters, doubts, doubtful = 0, 0, 0
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            text = line.decode("cp1252")
        except UnicodeDecodeError:
            return number
        if not (_has_words(text) and _has_signs(text)):
            return number
        letters += sum("À" <= c <= "ÿ" and c not in "×÷" for c in text)
        if _WITHIN.search(text):
            doubts += 1
            doubtful = doubtful or number
    return doubtful if doubts >= max(letters, 1) else 0


def _has_words(text: str) -> bool:
    """Whether words with letters beyond ASCII are spelt like words."""
    words = (part for word in _WORD.findall(text) for part in _ASCII_HUMP.split(word))
    return all(word.isascii() or _is_word(word) for word in words)


def _is_word(word: str) -> bool:
    if len(word) == 1:
        return word in _ALONE or word in _NO_LETTERS
    if re.search(r"[^\x00-\x7f]{3}|ƒ", word) or not re.search("[a-zA-Z]", word):
        return False  # as letters of another script are
    plain = word.replace("ß", "").replace("µ", "")
    return plain.isupper() or plain[1:] == plain[1:].lower()


def _has_signs(text: str) -> bool:
    """Whether signs stand where signs do: not as the letters of words."""
    if _SIGNS_IN_A_ROW.search(text):
        return False  # as bytes of other scripts do
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, place = found[0], found.start()
        if _is_letter(sign) or sign == "µ" or sign in _IN_WORDS:
            continue
        before = place > 0 and _is_letter(text[place - 1])
        behind = _is_letter(text[place + 1 : place + 2])
        if before and (behind or not _may_follow(sign, text[: place + 1])):
            return False
        if behind and not _may_lead(sign, text[place:]):
            return False
    return True


def _may_follow(sign: str, text: str) -> bool:
    """Whether a sign may stand behind the word at the end of a text."""
    if sign in "²³":
        return re.search(rf"{_POWER_OF_UNIT.pattern}$", text) is not None
    return sign in _BEHIND or any(one in text[:-1] for one in _CLOSING.get(sign, ""))


def _may_lead(sign: str, text: str) -> bool:
    """Whether a sign may stand before the word at the beginning of a text."""
    if sign == "°":
        return text[1] in "CF"
    return sign in _BEFORE or any(one in text for one in _OPENING.get(sign, ""))


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in _NO_LETTERS


def _chinese(content: bytes) -> str | None:
    """The text by GB 18030, if its letters are Chinese and hardly of another script."""
    try:
        text = content.decode("gb18030")
        pairs = [one.encode("gb2312") for one in text if not one.isascii()]
    except UnicodeError:
        return None
    hanzi = [pair for pair in pairs if pair[0] in _HANZI]
    if not hanzi or _TOUCHING.search(text):
        return None
    common = sum(pair[0] in _COMMON_HANZI for pair in hanzi)
    beyond = sum(pair[0] not in _HANGUL for pair in hanzi)
    is_russian = all(pair[1] in _CYRILLIC_CAPITALS for pair in hanzi)
    is_korean = beyond < _BEYOND_HANGUL_SHARE * len(hanzi)
    if common < _COMMON_SHARE * len(hanzi) or is_russian or is_korean:
        return None
    return text
