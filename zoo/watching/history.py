"""What was answered, by pseudonyms: it outlives every end of the watcher."""

import base64
import hashlib
import hmac
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.privacy.privacy import Key, key_fingerprint, pseudonym
from zoo.watching.journal import Journal

FORMAT = 1
_TOKEN_BYTES = 8


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A study that has its answer.

    Args:
        number: of the answer, from 1.
        time: UTC, ISO 8601.
        outcome: `"answered"`, or the code of what kept it from being predicted.
        reports: mark of those that it was answered with; "" = it has none.
    """

    number: int
    time: str
    outcome: str
    reports: str = ""


class History:
    """The journal of a watched folder.

    Studies are named by the pseudonym that ingest gives them under the same key, files
    by 8 bytes of a keyed hash of path, size and time: neither says anything without
    the key.

    Args:
        path: of the journal; made where it is not there.
        key: the project's.

    Raises:
        UsageError: it was begun under another key.
        DataError: it is damaged.
    """

    def __init__(self, path: Path, key: Key):
        self._journal = Journal(path)
        self._key = key
        self._secret = hmac.new(key.secret, b"file\0", hashlib.sha256)
        self._tokens: set[bytes] = set()
        self._begun: Counter[str] = Counter()
        self._short: dict[str, tuple[int, float]] = {}
        self.answered: dict[str, Answered] = {}
        self.late: Counter[str] = Counter()  # files, by the study's record
        self.columns: tuple[str, ...] | None = None
        for line in self._journal.lines:
            self._take(line)
        self._journal.lines.clear()

    def begin(self, columns: Sequence[str]) -> None:
        """Holds the model's columns to those of the answers that are there.

        Raises:
            UsageError: they are others.
        """
        if self.columns is None:
            fingerprint = key_fingerprint(self._key)
            self._note({"format": FORMAT, "key": fingerprint, "columns": [*columns]})
        elif self.columns != tuple(columns):
            raise UsageError(
                "the answers that are in --out have other columns than this model's: "
                "choose another --out for another model. "
                f"Received: {', '.join(columns)}; there: {', '.join(self.columns)}"
            )

    def record(self, study_key: str) -> str:
        """The pseudonym of a study, which names its files and rows."""
        return pseudonym(self._key, "study", study_key)

    def patient(self, patient_id: str) -> str:
        """The pseudonym of a patient."""
        return pseudonym(self._key, "patient", patient_id)

    def token(self, path: str, size: int, mtime_ns: int) -> bytes:
        """What stands for a file in the journal.

        Args:
            path: below the watched folder.
        """
        digest = self._secret.copy()
        digest.update(os.fsencode(path) + f"\0{size}\0{mtime_ns}".encode())
        return digest.digest()[:_TOKEN_BYTES]

    def is_known(self, token: bytes) -> bool:
        """Whether the file was a part of an answered study, or came late for one."""
        return token in self._tokens

    def next_number(self) -> int:
        """Of the next answer."""
        return len(self.answered) + 1

    def note_answer(
        self, record: str, answer: Answered, tokens: Iterable[bytes]
    ) -> None:
        """Notes that a study has its answer: it will not be predicted again."""
        marked = {"reports": answer.reports} if answer.reports else {}
        self._note(
            {
                "study": record,
                "number": answer.number,
                "time": answer.time,
                "outcome": answer.outcome,
                **marked,
                "files": _text(tokens),
            }
        )

    def note_late(self, record: str, tokens: Iterable[bytes]) -> None:
        """Notes files that came for an answered study."""
        self._note({"late": record, "files": _text(tokens)})

    def short_since(self, record: str, files: int, wall: float) -> float:
        """Since when a study of so many files lacks some; noted the first time.

        Args:
            wall: seconds since 1970, now.
        """
        known = self._short.get(record)
        if known is None or known[0] != files:
            self._note({"short": record, "files": files, "since": wall})
        return min(self._short[record][1], wall)

    def ends_amid(self, record: str) -> int:
        """How often the process ended while it was at this study, without a word."""
        return self._begun[record]

    @contextmanager
    def at_work(self, record: str) -> Iterator[None]:
        """Notes that the study is being read, until it has its answer.

        A block that ends in whatever way Python knows is noted as left.
        """
        self._note({"begun": record})
        try:
            yield
        finally:
            if record not in self.answered:
                self._note({"left": record})

    def _note(self, line: dict) -> None:
        self._journal.append(line)
        self._take(line)

    def _take(self, line: dict) -> None:
        if "study" in line:
            record = line["study"]
            self.answered[record] = Answered(
                number=line["number"],
                time=line["time"],
                outcome=line["outcome"],
                reports=line.get("reports", ""),
            )
            self._begun.pop(record, None)
            self._short.pop(record, None)
            self._tokens.update(_tokens(line["files"]))
        elif "late" in line:
            tokens = _tokens(line["files"])
            self._tokens.update(tokens)
            self.late[line["late"]] += len(tokens)
        elif "begun" in line:
            self._begun[line["begun"]] += 1
        elif "left" in line:
            self._begun[line["left"]] -= 1
        elif "short" in line:
            self._short[line["short"]] = line["files"], line["since"]
        elif "columns" in line:
            self._check_key(line["key"])
            self.columns = tuple(line["columns"])

    def _check_key(self, fingerprint: str) -> None:
        if fingerprint != key_fingerprint(self._key):
            raise UsageError(
                "the answers in --out were named under another key: every study would "
                "be predicted again under another name. Name that --key, or choose "
                "another --out"
            )


def utc(wall: float) -> str:
    """A time as it is written, e.g. `2031-05-09T07:30:00Z`.

    Args:
        wall: seconds since 1970.
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(wall))


def _text(tokens: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(tokens)).decode("ascii")


def _tokens(text: str) -> list[bytes]:
    joined = base64.b64decode(text)
    return [
        joined[start : start + _TOKEN_BYTES]
        for start in range(0, len(joined), _TOKEN_BYTES)
    ]
