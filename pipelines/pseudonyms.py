"""How a pseudonym is written: the letter p and 16 hexadecimal digits.

The letter keeps spreadsheets from reading it as a number (`1234567890123456`,
`12e4567890123456`). Data sets of format 1, and the runs, cross-validations and linkage
files of that time, have the 16 digits alone. Whoever reads ids from a file brings them
to today's writing by `with_letter`, so that a patient has one name everywhere.
"""

import re

LETTER = "p"
DIGITS = "[0-9a-f]{16}"  # as a regular expression; TensorFlow's graph asks it too

_OLD = re.compile(DIGITS)
_TODAY = re.compile(LETTER + DIGITS)


def with_letter(name: str) -> str:
    """A pseudonym as it is written today; any other text, such as "", as it is.

    >>> with_letter("12e4567890123456")
    'p12e4567890123456'
    >>> with_letter("p12e4567890123456"), with_letter("3"), with_letter("")
    ('p12e4567890123456', '3', '')
    """
    return LETTER + name if _OLD.fullmatch(name) else name


def without_letter(name: str) -> str:
    """A pseudonym as it was written before; any other text as it is.

    >>> without_letter("p12e4567890123456")
    '12e4567890123456'
    """
    return name.removeprefix(LETTER) if is_pseudonym(name) else name


def is_pseudonym(text: str) -> bool:
    """Whether a text is a pseudonym as it is written today."""
    return _TODAY.fullmatch(text) is not None
