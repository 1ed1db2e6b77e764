"""The watcher: it looks at the folder, answers what is complete, and waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import StudyError
from pipelines.privacy.linkage import Linkage
from zoo.prediction.result_file import Prediction
from zoo.watching.answering_model import AnsweringModel
from zoo.watching.answers import Answers
from zoo.watching.arrivals import Arrivals, News
from zoo.watching.arriving import ArrivingStudy
from zoo.watching.clock import Clock, StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.history import History
from zoo.watching.settings import WatchSettings

if TYPE_CHECKING:  # it loads what makes reports, and only some watchers do
    from zoo.watching.report_directory import ReportDirectory, WaitingReports

_MOST_ENDS = 5  # of the process amid one study
_LOOKING_SHARE = 0.2  # of the time at most that a large folder is looked at


@dataclass(kw_only=True, eq=False)
class Watcher:
    """A folder that is watched.

    Args:
        arrivals: of the folder.
        answers: where they go.
        history: what was answered.
        linkage: gives the private file that resolves pseudonyms.
        model: that answers.
        reports: where those of the studies go; none = they have none.
    """

    settings: WatchSettings
    arrivals: Arrivals
    answers: Answers
    history: History
    linkage: Callable[[], Linkage]
    model: AnsweringModel
    clock: Clock
    log: EventLog
    reports: ReportDirectory | None = None
    failed: int = 0
    _looked: float = 0.0
    _took_s: float = 0.0
    _unreadable: int = 0

    def begin(self) -> None:
        """Goes on with what a killed process left half done.

        Raises:
            UsageError: answers of another model are there.
            OSError: answers or reports can't be written.
        """
        self.answers.begin(self.model)
        if self.reports is not None:
            self.reports.begin(self.history)

    def run(self) -> int:
        """Watches until it is asked to stop, or with `once` until all is answered.

        It has begun.

        Returns:
            1 where `once` and a study failed or has no report, else 0.

        Raises:
            DataError, OSError: the model can't go on, or the disk is full.
        """
        begun = self.clock.now()
        self.log.write("watching", answered=len(self.history.answered))
        try:
            while not self.clock.stop_asked:
                self._look()
                self._answer_all()
                if self.settings.once and self._is_through(begun):
                    break
                self.clock.pause(
                    max(self.settings.poll_s, self._took_s / _LOOKING_SHARE)
                )
        except StopAskedError:
            pass
        self.log.write(
            "ended",
            answered=len(self.history.answered),
            waiting=self.arrivals.awaited,
        )
        return int(self.settings.once and self.failed > 0)

    def _is_through(self, begun: float) -> bool:
        """Whether a study that was complete at the beginning had time to show it."""
        if self.arrivals.is_idle:
            return True
        quiet_s = self.settings.quiet_s + 3 * self.settings.poll_s
        return self.clock.now() - begun >= quiet_s

    def _look(self) -> None:
        begun = self.clock.now()
        try:
            news = self.arrivals.look(begun)
        except OSError as error:
            self.log.write("folder_unreadable", error=type(error).__name__)
            return
        finally:
            self._looked = self.clock.now()
            self._took_s = self._looked - begun
        self._tell(news)

    def _tell(self, news: News) -> None:
        for why, files in sorted(news.ignored.items()):
            if files:
                self.log.write("ignored", files=files, why=why)
        if news.unreadable_folders != self._unreadable:
            self._unreadable = news.unreadable_folders
            self.log.write("unreadable", folders=self._unreadable)
        for record, tokens in news.late.items():
            self.answers.note_late(record, tokens, self.clock.wall())
            self.log.write("changed_after_its_answer", study=record, files=len(tokens))

    def _answer_all(self) -> None:
        """Answers what is due; what arrives meanwhile is looked at in between."""
        while not self.clock.stop_asked:
            if self.clock.now() - self._looked >= self.settings.poll_s:
                self._look()
            study = self.arrivals.due(self.clock.now(), self.clock.wall())
            if study is None:
                return
            self._answer(study)

    def _answer(self, study: ArrivingStudy) -> None:
        if not self.arrivals.is_unchanged(study, self.clock.now()):
            return
        record, begun = study.record, self.clock.now()
        files = self.arrivals.paths(study)
        ids = {"patient_id": study.patient_id, "study_id": study.study_key}
        self._link(record, ids)
        with self.history.at_work(record):
            try:
                fault = self._fault(study)
                if fault is not None:
                    raise fault
                predictions = self.model.predictions(files)
            except StudyError as error:
                predictions = [Prediction(number=1, name="", ids=ids, error=error)]
            waiting = self._reports(record, predictions)
            if not self.arrivals.is_unchanged(study, self.clock.now()):
                self.log.write("changed_while_it_was_read", study=record)
                if waiting is not None:
                    self.reports.remove(waiting)
                return
            answer = self.answers.write(
                record,
                predictions,
                self.model,
                tokens=self.arrivals.tokens(study),
                wall=self.clock.wall(),
                reports="" if waiting is None else waiting.mark,
            )
        self.arrivals.answered(study)
        if waiting is not None:
            self.reports.put_in_place(waiting)
        errors = [each.error for each in predictions if each.error is not None]
        faults = {} if waiting is None else waiting.faults
        self.failed += bool(errors or faults)
        said = {"why": errors[0].problem} if errors else {}
        self.log.write(
            answer.outcome if not errors else "failed",
            study=record,
            number=answer.number,
            files=len(files),
            seconds=self.clock.now() - begun,
            **({"code": answer.outcome} | said if errors else {}),
        )
        for place, fault in faults.items():
            self._tell_no_report(record, place, fault)

    def _reports(
        self, record: str, predictions: Sequence[Prediction]
    ) -> WaitingReports | None:
        """Writes the reports of a study beside their places."""
        if self.reports is None:
            return None
        number = self.history.next_number()
        return self.reports.write_aside(record, number, predictions, self.model)

    def _tell_no_report(self, record: str, place: int, fault: StudyError) -> None:
        by_series = self.model.facts.task.unit == "series"
        self.log.write(
            "report_failed",
            study=record,
            **({"series": place} if by_series else {}),
            code=fault.code,
            why=fault.problem,
        )

    def _fault(self, study: ArrivingStudy) -> StudyError | None:
        """What keeps a study from being read at all."""
        if self.history.ends_amid(study.record) > _MOST_ENDS:
            return StudyError(
                code="process_ended",
                problem=f"the process ended {_MOST_ENDS} times while it was at this "
                "study",
                cure="Predict it alone by `zoo.predict --dicom`, and look whether "
                "memory suffices",
            )
        if study.missing and not self.settings.take_incomplete:
            return StudyError(
                code="incomplete",
                problem=f"the study stayed incomplete: {study.missing}",
                cure="Send it again, whole, to another folder and predict it by "
                "`zoo.predict --dicom`; where headers count what was never meant to "
                "come, use --take-incomplete",
            )
        return None

    def _link(self, record: str, ids: dict[str, str]) -> None:
        """Notes whose the record is, before anything is written under its name."""
        linkage = self.linkage()
        linkage.add("study", record, ids["study_id"])
        if ids["patient_id"].strip():
            patient = self.history.patient(ids["patient_id"])
            linkage.add("patient", patient, ids["patient_id"])
        linkage.save()
