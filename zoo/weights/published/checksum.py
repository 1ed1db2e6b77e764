"""Checksums as publishers state them, and files held against them."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError

# Hexadecimal digits: how many there must be, and of which algorithm.
_DIGITS = {
    "sha256": (64, 64, "sha256"),
    "sha256-prefix": (8, 64, "sha256"),
    "sha1": (40, 40, "sha1"),
    "md5": (32, 32, "md5"),
}
_POINTER = "sha256-at"
_BESIDE = ".sha256"


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What is known of a file's bytes.

    Args:
        kind: `"sha256"`, `"sha1"`, `"md5"`; `"sha256-prefix"`: its first digits, as in
            the names of PyTorch's files; `"sha256-at"`: the publisher states it at an
            address, in a Git LFS pointer.
        value: hexadecimal digits, of `"sha256-at"` the address.
    """

    kind: str
    value: str

    def __post_init__(self):
        if self.kind == _POINTER:
            if not self.value.startswith("https://"):
                raise ValueError(f"no https:// address. Received: {self.value!r}")
            return
        if self.kind not in _DIGITS:
            raise ValueError(
                f"kind is one of {', '.join([*_DIGITS, _POINTER])}. "
                f"Received: {self.kind!r}"
            )
        least, most, _ = _DIGITS[self.kind]
        if not re.fullmatch(f"[0-9a-f]{{{least},{most}}}", self.value):
            raise ValueError(
                f"{self.kind} has {least} to {most} hexadecimal digits. "
                f"Received: {self.value!r}"
            )

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def known(self) -> bool:
        """Whether the digits are here rather than at an address."""
        return self.kind != _POINTER


def parse(text: str) -> Checksum:
    """Reads `"sha256:0f3a..."` and the like."""
    kind, _, value = text.partition(":")
    return Checksum(kind=kind, value=value)


def of_pointer(text: str) -> Checksum:
    """The SHA-256 that a Git LFS pointer states.

    Raises:
        DataError: the text is no such pointer.
    """
    stated = re.search(r"^oid sha256:([0-9a-f]{64})$", text, flags=re.MULTILINE)
    if stated is None:
        raise DataError(
            f"expected a Git LFS pointer with its SHA-256. Received: {text[:80]!r}"
        )
    return Checksum(kind="sha256", value=stated[1])


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Hexadecimal digest of a file's bytes."""
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, algorithm).hexdigest()


def fits(path: Path, checksum: Checksum) -> bool:
    """Whether a file has this checksum, whose digits must be known."""
    _, _, algorithm = _DIGITS[checksum.kind]
    return digest(path, algorithm).startswith(checksum.value)


def check(path: Path, checksum: Checksum) -> None:
    """Raises a DataError for a file that has not the checksum of its publisher.

    Of a `"sha256-at"` the digits stand in a file beside it, `<name>.sha256`: written
    when it was fetched, or by hand where it was brought.
    """
    if not checksum.known:
        checksum = _stated_beside(path, checksum)
    if not fits(path, checksum):
        _, _, algorithm = _DIGITS[checksum.kind]
        raise DataError(
            f"{path} is not the file that its publisher states. Received: "
            f"{algorithm} {digest(path, algorithm)}, expected {checksum.value}. "
            "Delete it and fetch it anew"
        )


def beside(path: Path) -> Path:
    """Where the SHA-256 of a file stands whose publisher states it at an address."""
    return path.with_name(path.name + _BESIDE)


def _stated_beside(path: Path, checksum: Checksum) -> Checksum:
    stated = beside(path)
    cure = (
        f"Write the SHA-256 that {checksum.value} states (64 hexadecimal digits) into "
        f"{stated.name} beside it"
    )
    if not stated.is_file():
        raise DataError(f"{path}: its checksum is not here to hold it against. {cure}")
    words = stated.read_text(encoding="utf-8").split()
    try:
        return Checksum(kind="sha256", value=words[0] if words else "")
    except ValueError as error:
        raise DataError(f"{stated} holds no SHA-256: {error}. {cure}") from error
