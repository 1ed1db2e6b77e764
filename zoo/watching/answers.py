"""The answers on the disk: a file of each study, and a row in one table.

An answer is first written whole into a file of its own, and then put in its places. A
watcher that was killed meanwhile is gone on from there, so each place has it once.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.storage import atomic_files, csv_files
from zoo.prediction import result_file
from zoo.prediction.result_file import Prediction
from zoo.watching.answering_model import AnsweringModel
from zoo.watching.history import Answered, History, utc
from zoo.watching.settings import STATE

TABLE = "result.csv"
ANSWERED, FAILED, CHANGED = "answered", "failed", "changed"
_PENDING = "pending.json"
_MARK = "\ufeff"


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """The directory of answers.

    `answered/<record>.json` has the answer of a study, `failed/<record>.json` why there
    is none, both in the form of `zoo.predict --out r.json`; `result.csv` has them all;
    `changed/<record>.json` says that files came after the answer. Records are
    pseudonyms.

    Args:
        directory: it exists.
        history: what was answered.
        with_ids: whether the source's ids stand in the files, too.
    """

    directory: Path
    history: History
    with_ids: bool = False

    def begin(self, model: AnsweringModel) -> None:
        """Makes the directory's parts, and goes on with an answer that is half there.

        Raises:
            UsageError: answers of another model are there.
            OSError: they can't be written.
        """
        self.history.begin(self._header(model))
        for name in (ANSWERED, FAILED, CHANGED):
            (self.directory / name).mkdir(exist_ok=True)
        for name in ("", STATE, ANSWERED, FAILED, CHANGED):
            for left in (self.directory / name).glob(".*.part*"):  # by one killed
                left.unlink()
        with suppress(FileNotFoundError):
            self._place(json.loads(self._pending.read_text(encoding="utf-8")))

    def write(
        self,
        record: str,
        predictions: Sequence[Prediction],
        model: AnsweringModel,
        *,
        tokens: Sequence[bytes],
        wall: float,
        reports: str = "",
    ) -> Answered:
        """Writes the answer of a study: the one place that every study goes through.

        Args:
            record: the study's pseudonym.
            predictions: of all its samples.
            tokens: of its files.
            wall: seconds since 1970.
            reports: mark of those that wait for this answer.

        Raises:
            UsageError: the model's columns are not those of the table.
            OSError: the answer can't be written; it is then gone on with by `begin`.
        """
        self.history.begin(self._header(model))
        number = self.history.next_number()
        by_series = model.facts.task.unit == "series"
        named = [
            replace(
                each,
                number=number,
                name=f"{record} {each.name}" if by_series else record,
            )
            for each in predictions
        ]
        errors = [each.error.code for each in named if each.error is not None]
        answer = Answered(
            number=number,
            time=utc(wall),
            outcome=errors[0] if errors else ANSWERED,
            reports=reports,
        )
        pending = {
            "study": record,
            "number": number,
            "time": answer.time,
            "outcome": answer.outcome,
            "reports": answer.reports,
            "files": [token.hex() for token in tokens],
            "json": self._json(named, model),
            "rows": self._rows(named, model),
            "table_bytes": self._table_bytes(),
        }
        atomic_files.write_text(self._pending, json.dumps(pending))
        self._place(pending)
        return answer

    def note_late(self, record: str, tokens: Sequence[bytes], wall: float) -> None:
        """Sets apart that files came for a study that has its answer."""
        path = self.directory / CHANGED / f"{record}.json"
        known = self.history.answered[record]
        said = {
            "study": record,
            "number": known.number,
            "answered": known.time,
            "changed": utc(wall),
            "files": self.history.late[record] + len(tokens),
            "problem": "files came or changed after the study's answer, which is "
            "without them",
        }
        atomic_files.write_text(path, json.dumps(said, indent=1) + "\n")
        self.history.note_late(record, tokens)

    @property
    def _pending(self) -> Path:
        return self.directory / STATE / _PENDING

    def _place(self, pending: Mapping) -> None:
        """Puts an answer where it belongs, as far as it is not there."""
        record = pending["study"]
        if record not in self.history.answered:
            failed = pending["outcome"] != ANSWERED
            folder = self.directory / (FAILED if failed else ANSWERED)
            atomic_files.write_text(folder / f"{record}.json", pending["json"])
            atomic_files.sync_directory(folder)
            self._add_rows(pending["rows"], pending["table_bytes"])
            self.history.note_answer(
                record,
                Answered(
                    number=pending["number"],
                    time=pending["time"],
                    outcome=pending["outcome"],
                    reports=pending.get("reports", ""),
                ),
                [bytes.fromhex(token) for token in pending["files"]],
            )
        self._pending.unlink(missing_ok=True)

    def _add_rows(self, rows: str, before_bytes: int) -> None:
        """Adds rows to the table, in the place of a part of them that is there."""
        path = self.directory / TABLE
        self._table_bytes()  # somebody may have moved it away
        with open(path, "ab") as table:
            if table.tell() > before_bytes:
                table.truncate(before_bytes)
            size = min(table.tell(), before_bytes)
            start = b"" if _ends_a_line(path, size) else b"\n"
            table.write(start + rows.encode())
            table.flush()
            os.fsync(table.fileno())

    def _table_bytes(self) -> int:
        """How long the table is; one that is not there begins with its header."""
        path = self.directory / TABLE
        if not path.exists():
            header = csv_files.to_text(self.history.columns, [])
            atomic_files.write_text(path, _MARK + header)
        return path.stat().st_size

    def _header(self, model: AnsweringModel) -> list[str]:
        return result_file.csv_header(
            model.facts,
            folds=model.folds,
            members=model.members,
            id_names=self._id_names(model),
        )

    def _rows(self, predictions: Sequence[Prediction], model: AnsweringModel) -> str:
        rows = result_file.csv_rows(
            predictions,
            model.facts,
            folds=model.folds,
            members=model.members,
            id_names=self._id_names(model),
        )
        return csv_files.to_text(rows[0], rows[1:])

    def _json(self, predictions: Sequence[Prediction], model: AnsweringModel) -> str:
        return result_file.json_text(
            predictions,
            model.facts,
            members=model.members,
            served=model.served,
            ids=self.with_ids,
        )

    def _id_names(self, model: AnsweringModel) -> tuple[str, ...]:
        if not self.with_ids:
            return ()
        ids = ("patient_id", "study_id")
        return (*ids, "series_id") if model.facts.task.unit == "series" else ids


def _ends_a_line(path: Path, size: int) -> bool:
    """Whether a table ends where a row does: somebody may have edited it."""
    if size == 0:
        return True
    with open(path, "rb") as table:
        table.seek(size - 1)
        return table.read(1) == b"\n"
