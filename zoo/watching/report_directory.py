"""The reports of answered studies on the disk: each study has them once, or never.

A report has UIDs of its own, so one that is written twice is two. Reports are therefore
written whole beside their places first, under a mark that the journal then notes with
the answer: those whose mark an answer has are put in their places, and all others, of a
study that is predicted anew, are removed.
"""

import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.errors import StudyError
from pipelines.ingestion.study_fault import attempt
from pipelines.storage import atomic_files
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import report_files
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction
from zoo.watching.answering_model import AnsweringModel
from zoo.watching.history import History

_ASIDE = re.compile(
    r"\.(?P<name>(?P<record>[^.-]+)-.*\.dcm)\.(?P<mark>[0-9a-f]{8})\.part"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class WaitingReports:
    """The reports of one study that wait for its answer to be noted.

    Args:
        mark: that the answer is to have; "" = there are none.
        names: of the files, once they are in their places.
        faults: why a sample that was predicted has none, by its place among those of
            the study, from 1.
    """

    mark: str = ""
    names: tuple[str, ...] = ()
    faults: Mapping[int, StudyError] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportDirectory:
    """The directory of reports, which one watcher at a time holds.

    Of a study it has `<record>-report.dcm` and `<record>-picture.dcm`; where series are
    the task's unit, of each its place among those of the study behind the record.

    Args:
        path: it exists.
        make: gives the files of a prediction by the ends of their names.
    """

    path: Path
    make: Callable[[Prediction, ModelFacts, ModelIdentity], Mapping[str, bytes]] = (
        report_files.contents
    )

    def begin(self, history: History) -> None:
        """Ends what a killed process began.

        Raises:
            OSError: the directory can't be read or written.
        """
        for entry in [*os.scandir(self.path)]:
            aside = _ASIDE.fullmatch(entry.name)
            if aside is None:
                continue
            answer = history.answered.get(aside["record"])
            if answer is not None and answer.reports == aside["mark"]:
                os.replace(entry.path, self.path / aside["name"])
            else:
                os.unlink(entry.path)

    def write_aside(
        self,
        record: str,
        number: int,
        predictions: Sequence[Prediction],
        model: AnsweringModel,
    ) -> WaitingReports:
        """Writes the reports of a study beside their places.

        A sample that was not predicted has none; what keeps another from having one is
        noted, and the others go on.

        Args:
            record: the study's pseudonym, which is in the names of the files alone: the
                archive has no use for it.
            number: of its answer, by which the picture calls it.
            predictions: of all its samples.
            model: that gave them.

        Raises:
            OSError: they can't be written.
            DataError: the disk is full.
        """
        by_series = model.facts.task.unit == "series"
        mark = uuid.uuid4().hex[:8]
        names, faults = [], {}
        try:
            for place, prediction in enumerate(predictions, 1):
                if prediction.error is not None:
                    continue
                if not by_series:
                    prediction = replace(prediction, name=f"study {number}")
                start = f"{record}-{place}-" if by_series else f"{record}-"
                files = self._made(start, prediction, model)
                if isinstance(files, StudyError):
                    faults[place] = files
                    continue
                names += files
                for name, content in files.items():
                    atomic_files.write_synced(self._aside(name, mark), content)
            atomic_files.sync_directory(self.path)
        except BaseException:
            self.remove(WaitingReports(mark=mark, names=tuple(names)))
            raise
        return WaitingReports(
            mark=mark if names else "", names=tuple(names), faults=faults
        )

    def put_in_place(self, waiting: WaitingReports) -> None:
        """Names reports as they are called, now that their answer is noted.

        Raises:
            OSError: they can't be; `begin` goes on with them.
        """
        for name in waiting.names:
            os.replace(self._aside(name, waiting.mark), self.path / name)
        if waiting.names:
            atomic_files.sync_directory(self.path)

    def remove(self, waiting: WaitingReports) -> None:
        """Removes reports of a study that gets no answer now."""
        for name in waiting.names:
            self._aside(name, waiting.mark).unlink(missing_ok=True)

    def _made(
        self, start: str, prediction: Prediction, model: AnsweringModel
    ) -> dict[str, bytes] | StudyError:
        """The files by their names, or why there are none."""

        def make() -> dict[str, bytes]:
            made = self.make(prediction, model.facts, model.identity)
            for end in made:
                report_files.check_absent(self.path / f"{start}{end}")
            return {f"{start}{end}": content for end, content in made.items()}

        return attempt(make, step="writing the report")

    def _aside(self, name: str, mark: str) -> Path:
        return self.path / f".{name}.{mark}.part"
