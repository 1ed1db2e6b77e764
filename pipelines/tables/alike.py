"""Ids that are probably one another, as spreadsheets and people change them.

Held only against each other are ids of images that a table lacks, and of a table that
no images have: there `P-0017` beside `p17` is hardly another patient.
"""

import contextlib
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

_UID = re.compile(r"\d+(?:\.\d+){3,}")
_PARTS = re.compile(r"\d+|[^\W\d_]+|[\W_]+")
_LEAST_SHARED = 3  # characters that tell an id, whatever stands around them
_EXACT_DIGITS = 15
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T[\d:.]+)?")
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[-. ]*([^\W\d]{3,5})\.?(?:[- ]?(\d{2,4}))?")
_MONTH_AND_NUMBER = re.compile(r"([^\W\d]{3,5})\.?[- ]*(\d{1,4})")
_CHINESE_DATE = re.compile(r"(?:\d{4}年)?(\d{1,2})月(\d{1,2})日")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{1,4}))?")
_POWER = re.compile(r"(\d{1,5})[eE](\d{1,2})")
_MONTHS = {
    1: "jan ene gen",
    2: "feb fév fev",
    3: "mar mär mrz maa",
    4: "apr abr avr",
    5: "may mai mag mei",
    6: "jun juin giu",
    7: "jul juil lug",
    8: "aug aoû ago",
    9: "sep set",
    10: "oct okt ott out",
    11: "nov",
    12: "dec dez déc dic",
}
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}


def pairs(of_images: Iterable[str], of_table: Iterable[str]) -> list[tuple[str, str]]:
    """An id of the images and the one of the table that it is probably, each once.

    Alike are ids that differ in case, zeros in front, blanks, hyphens and underscores,
    `.0` behind, full-width digits, accents, garbled UTF-8 or digits behind the 15th; an
    id and the date or number that a spreadsheet program made of it; and ids that are
    the same but for what stands before or behind.
    """
    images, table = sorted({*of_images}), sorted({*of_table})
    by_form = defaultdict(list)
    for name in table:
        for form in _forms(name) | _as_dates(name):
            by_form[form].append(name)
    found = {}
    for image in images:
        forms = _forms(image) | _as_numbers(image)
        alike = [name for form in forms for name in by_form.get(form, ())]
        if alike:
            found[image] = min(alike)
    rest = [image for image in images if image not in found]
    unused = [name for name in table if name not in {*found.values()}]
    return sorted((found | _but_for_affixes(rest, unused)).items())


def _forms(name: str) -> set[str]:
    """What alike ids have in common, one of these at least."""
    plain = _plain(name)
    forms = {f"plain {_without_zeros(plain)}"} if plain else set()
    if plain.isdigit() and len(plain) > _EXACT_DIGITS:
        forms.add(f"digits {plain.lstrip('0')[:_EXACT_DIGITS]} {len(plain)}")
    power = _POWER.fullmatch(name)
    if power:
        forms.add(f"plain {int(power[1]) * 10 ** int(power[2])}")
    return forms


def _plain(name: str) -> str:
    """Without what spreadsheets and people change; zeros in front stay."""
    plain = re.sub(r"[\s_'\"=-]+", "", _spelt(name))
    return re.sub(r"^(\d+)\.0+$", r"\1", plain)


def _spelt(name: str) -> str:
    """In small letters of ASCII as far as there are."""
    with contextlib.suppress(UnicodeError):  # UTF-8 that was read as Windows-1252
        name = name.encode("cp1252").decode("utf-8")
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in letters if not unicodedata.combining(one))


def _without_zeros(plain: str) -> str:
    return re.sub(r"(?<![\d.])0+(?=\d)", "", plain)


def _as_numbers(name: str) -> set[str]:
    """Of an id that a program takes for a date: the numbers in it."""
    name = unicodedata.normalize("NFKC", name).strip()
    if match := _NUMBERS.fullmatch(name):
        return {_key(*(int(number) for number in match.groups() if number))}
    day, month, _ = _date(name)
    return {_key(day, month)} if month else set()


def _as_dates(name: str) -> set[str]:
    """Of a date that a program made: the numbers that it may have made it of."""
    day, month, year = _date(unicodedata.normalize("NFKC", name).strip())
    if not month:
        return set()
    if not year:
        return {_key(day, month)}
    several = itertools.combinations((day, month, year), 2)
    return {_key(*two) for two in several} | {_key(day, month, year)}


def _key(*numbers: int) -> str:
    return f"date {sorted(number % 100 for number in numbers)}"


def _date(name: str) -> tuple[int, int, int]:
    """Day, month (or month, day) and year as programs write them; 0 = it has none."""
    if match := _ISO_DATE.fullmatch(name):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _DATE.fullmatch(name):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _CHINESE_DATE.fullmatch(name):
        return int(match[2]), int(match[1]), 0
    if match := _DAY_AND_MONTH.fullmatch(name):
        return int(match[1]), _month(match[2]), int(match[3] or 0)
    if match := _MONTH_AND_NUMBER.fullmatch(name):
        return int(match[2]) % 100, _month(match[1]), 0
    return 0, 0, 0


def _month(word: str) -> int:
    word = word.casefold()
    return _MONTH.get(word[:3], 0) or _MONTH.get(word[:4], 0)


def _but_for_affixes(images: list[str], table: list[str]) -> dict[str, str]:
    """Ids of which one is the other with something before or behind.

    What they share has a digit, and is long or has the same around it in others.
    """
    of_table = {_plain(name): name for name in table}
    of_images = {_plain(name): name for name in images}
    found: dict[str, tuple[str, str, str]] = {}
    for image in images:
        for core, around in _cores(image):
            if core in of_table:
                found.setdefault(image, (of_table[core], core, around))
    for name in table:
        for core, around in _cores(name):
            if core in of_images:
                found.setdefault(of_images[core], (name, core, around))
    times = Counter(around for _, _, around in found.values())
    return {
        image: name
        for image, (name, core, around) in found.items()
        if len(core) >= _LEAST_SHARED or times[around] > 1
    }


def _cores(name: str) -> Iterator[tuple[str, str]]:
    """What is left of an id without its first or last parts, and what those were."""
    if _UID.fullmatch(name):
        return
    spelt = _spelt(name)
    for end in [match.end() for match in _PARTS.finditer(spelt)][:-1]:
        first, last = spelt[:end], spelt[end:]
        for part, around in ((last, f"{first}*"), (first, f"*{last}")):
            core = _plain(part)
            if re.search(r"\d", core):
                yield core, around
