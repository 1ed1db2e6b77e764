"""What may leave ingest: pseudonyms under a project key, and a few header facts."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.pseudonyms import LETTER
from pipelines.readers.dicom.headers import Series
from pipelines.readers.facts import Facts
from pipelines.storage.atomic_files import write_private

_KEY_BYTES = 32
_VENDORS = (
    ("siemens", r"siemens"),
    ("philips", r"philips"),
    ("ge", r"\bge\b|\bge_|\bgems\b|general electric"),
    ("canon", r"canon|toshiba"),
    ("hitachi", r"hitachi"),
    ("united imaging", r"united.?imaging|\buih\b"),
    ("bruker", r"bruker"),
)
_FIELD_STRENGTH_T = (0.1, 21.0)  # from open low-field to preclinical magnets
_OLDEST_YEARS = 130


@dataclass(frozen=True, kw_only=True)
class Key:
    """The project's secret; who holds it can test guesses of a pseudonym's id."""

    secret: bytes = field(repr=False)

    def __post_init__(self):
        if len(self.secret) != _KEY_BYTES:
            raise ValueError(
                f"a key has {_KEY_BYTES} bytes. Received: {len(self.secret)}"
            )


def load_key(path: str | os.PathLike, *, outside: tuple[Path, ...] = ()) -> Key:
    """Reads the project key; makes it, readable by its owner alone, if it is absent.

    Its directory is made, too. The file holds 64 hexadecimal digits. It is never
    overwritten: when several processes make it at once, all of them get the key of the
    first.

    Args:
        outside: directories (the source, the data set) that must not hold the key,
            since they are what is copied and handed on.

    Raises:
        UsageError: the key would lie inside one of `outside`, or can't be made.
        DataError: the file holds no key.
    """
    path = Path(path)
    check_outside(path, outside)
    if not path.exists():
        _make_key(path)
    elif os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        print(
            f"warning: others can read the key {path}; run: chmod 600 {path}",
            file=sys.stderr,
        )
    try:
        return read_key(path)
    except OSError as error:
        raise DataError(f"the key {path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise DataError(
            f"{path} is not a key file of {2 * _KEY_BYTES} hexadecimal digits; "
            "name the key of this project, or a new file to have one made"
        ) from error


def read_key(path: Path) -> Key:
    """Reads a file of 64 hexadecimal digits.

    Raises:
        OSError: it can't be read.
        ValueError: it holds something else.
    """
    text = path.read_text(encoding="ascii").strip()
    if len(text) != 2 * _KEY_BYTES:
        raise ValueError(f"{len(text)} characters")
    return Key(secret=bytes.fromhex(text))


def check_outside(path: Path, directories: tuple[Path, ...]) -> None:
    """Refuses a private file inside a directory that may be handed on.

    Raises:
        UsageError: `path` lies inside one of `directories`.
    """
    for directory in directories:
        if path.resolve().is_relative_to(Path(directory).resolve()):
            raise UsageError(
                f"the private file {path} lies inside {directory}, which may be "
                "copied or handed on. Keep it elsewhere, e.g. in your home directory"
            )


def _make_key(path: Path) -> None:
    text = secrets.token_hex(_KEY_BYTES) + "\n"
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(aside, text)
        with contextlib.suppress(FileExistsError):  # another process was first
            try:
                os.link(aside, path)
            except FileExistsError:
                raise
            except OSError:  # a file system without hard links
                write_private(path, text)
            print(
                f"made a new project key: {path} (keep it, share it with nobody)",
                file=sys.stderr,
            )
    except PermissionError as error:
        raise UsageError(f"no permission to write the key {path}") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(
            f"the key {path} can't be made: {error.filename} is no directory. Choose "
            "another place"
        ) from error
    finally:
        if path.parent.is_dir():
            aside.unlink(missing_ok=True)


def pseudonym(key: Key, kind: str, source_id: str) -> str:
    """The letter p and 16 hexadecimal digits in place of an id.

    They are HMAC-SHA256 (RFC 2104), cut to 64 bits; see `pipelines.pseudonyms`.

    Args:
        kind: `"patient"`, `"study"`, `"sample"`, `"site"`; the same text of another
            kind gets another pseudonym.
        source_id: the source's id; blanks around it do not count (DICOM pads).

    Raises:
        StudyError: the id is empty, so all that lack one would become the same.
    """
    source_id = source_id.strip()
    if not source_id:
        raise StudyError(
            code="missing_id",
            problem=f"the source gives no {kind} id",
            cure=f"Give it a {kind} id at the source",
        )
    return LETTER + _digits(key, kind, source_id)


def key_fingerprint(key: Key) -> str:
    """16 hexadecimal digits that tell keys apart and say nothing about the key.

    Nobody's pseudonym, so without the letter: data sets of all formats compare it.
    """
    return _digits(key, "fingerprint", "of this key")


def _digits(key: Key, kind: str, source_id: str) -> str:
    message = f"{kind}\0{source_id}".encode()
    return hmac.digest(key.secret, message, hashlib.sha256).hex()[:16]


def facts(series: Series, key: Key) -> Facts:
    """The header facts that may be written down; all else stays behind.

    The vendor is one of a fixed list, the field strength is rounded to 0.1 T, the age
    to decades, and the site is a pseudonym of the institution as the header gives it.
    """
    site = series.institution.strip()
    return Facts(
        vendor=vendor(series.manufacturer),
        field_strength_t=_field_strength_t(series.field_strength_t),
        site=pseudonym(key, "site", site) if site else "",
        sex=sex if (sex := series.sex.strip().upper()) in ("M", "F", "O") else "",
        age_band=age_band(series.age_years),
    )


def vendor(manufacturer: str) -> str:
    """One word for the manufacturer; `"other"` if unknown, "" if none is stated."""
    if not manufacturer.strip():
        return ""
    for word, pattern in _VENDORS:
        if re.search(pattern, manufacturer, re.IGNORECASE):
            return word
    return "other"


def _field_strength_t(value_t: float | None) -> float | None:
    if value_t is None:
        return None
    lowest, highest = _FIELD_STRENGTH_T
    rounded = round(value_t, 1) if lowest / 2 < value_t < 2 * highest else 0.0
    return rounded if lowest <= rounded <= highest else None


def age_band(age_years: float | None) -> str:
    """The decade of an age, e.g. `"60-69"`; `"90+"` from 90 years on; "" = unknown."""
    if age_years is None or not 0 <= age_years <= _OLDEST_YEARS:
        return ""
    if age_years >= 90:
        return "90+"
    decade = int(age_years // 10) * 10
    return f"{decade}-{decade + 9}"
