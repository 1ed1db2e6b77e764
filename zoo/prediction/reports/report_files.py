"""The reports of predictions as files: of each study a document and a picture."""

import datetime
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydicom import Dataset

from pipelines.errors import DataError, StudyError
from pipelines.ingestion.study_fault import attempt
from pipelines.readers.dicom.headers import Series
from pipelines.storage.atomic_files import replacing
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import content, instances, source_study
from zoo.prediction.reports.instances import Made
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.reports.picture import picture
from zoo.prediction.reports.secondary_capture import secondary_capture
from zoo.prediction.reports.structured_report import structured_report
from zoo.prediction.reports.study_images import StudyImages
from zoo.prediction.result_file import Prediction

DOCUMENT, PICTURE = "report.dcm", "picture.dcm"


@dataclass(kw_only=True, eq=False)
class Reports:
    """Writes a report of each prediction as it comes.

    Args:
        directory: that they go into.
        facts: of the model that predicted.
        model: which it is.
        failed: why a study has none, by its unit and number.
    """

    directory: Path
    facts: ModelFacts
    model: ModelIdentity
    failed: dict[str, StudyError] = field(default_factory=dict)

    def written(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """Passes predictions on, each when its report is written.

        What was kept of a study ends here: the slices of many would fill memory.
        """
        for prediction in predictions:
            self.write(prediction)
            yield replace(prediction, kept=())

    def write(self, prediction: Prediction) -> None:
        """Writes `<unit>-<number>-report.dcm` and `-picture.dcm`, both or neither.

        A study that was not predicted has no report; what keeps another from having one
        is noted, and the others go on.
        """
        if prediction.error is not None:
            return
        try:
            fault = attempt(lambda: self._write(prediction), step="writing the report")
        except DataError as error:
            fault = StudyError(
                code="not_written", problem=str(error), cure="Then predict again"
            )
        if isinstance(fault, StudyError):
            self.failed[f"{self.facts.task.unit} {prediction.number}"] = fault

    def tell(self) -> None:
        """Says on standard error which predicted studies have no report, and why."""
        for name, error in self.failed.items():
            print(f"{name}: no report: {error}", file=sys.stderr)

    def _write(self, prediction: Prediction) -> None:
        with instances.quiet():
            self._save(prediction, objects(prediction, self.facts, self.model))

    def _save(self, prediction: Prediction, made: Mapping[str, Dataset]) -> None:
        start = f"{self.facts.task.unit}-{prediction.number}-"
        paths = [self.directory / f"{start}{end}" for end in made]
        for path in paths:
            check_absent(path)
        self.directory.mkdir(parents=True, exist_ok=True)
        with replacing(paths[0]) as first, replacing(paths[1]) as second:
            made[DOCUMENT].save_as(first, enforce_file_format=True)
            made[PICTURE].save_as(second, enforce_file_format=True)


def check_absent(path: Path) -> None:
    """Refuses to write over a report.

    Raises:
        StudyError: there is a file of that name.
    """
    if os.path.lexists(path):
        raise StudyError(
            code="report_exists",
            problem=f"{path.name} exists, and is not overwritten",
            cure="Choose another --sr",
        )


def objects(
    prediction: Prediction, facts: ModelFacts, model: ModelIdentity
) -> dict[str, Dataset]:
    """The document and the picture of a prediction, by the ends of their file names.

    Args:
        prediction: of a study that was predicted, with what was kept of its images.
        facts: of the model that predicted.
        model: which it is.

    Raises:
        StudyError: nothing can refer to its images, or they were not kept.
    """
    images = _images(prediction)
    with instances.quiet():
        source = source_study.read(_series(images))
        made = Made(
            model=model,
            model_name=content.algorithm_name(model, facts),
            at=datetime.datetime.now().replace(microsecond=0),
        )
        pixels = picture(prediction, images, facts, made)
        return {
            DOCUMENT: structured_report(prediction, facts, source, made),
            PICTURE: secondary_capture(pixels, source, made),
        }


def contents(
    prediction: Prediction, facts: ModelFacts, model: ModelIdentity
) -> dict[str, bytes]:
    """As `objects`, as the bytes of their files."""
    files = {}
    with instances.quiet():
        for end, made in objects(prediction, facts, model).items():
            file = io.BytesIO()
            made.save_as(file, enforce_file_format=True)
            files[end] = file.getvalue()
    return files


def _series(images: Sequence[StudyImages]) -> dict[str, Series]:
    """The series that any task took, by sequence; of two of one name with a number."""
    by_name: dict[str, Series] = {}
    for number, each in enumerate(images, 1):
        for name, series in each.series.items():
            other = by_name.setdefault(name, series)
            if other.key != series.key:
                by_name[f"{name} (of task {number})"] = series
    return by_name


def _images(prediction: Prediction) -> Sequence[StudyImages]:
    """What was kept of the study.

    Raises:
        StudyError: that it could not be kept.
    """
    for kept in prediction.kept:
        if isinstance(kept, StudyError):
            raise kept
    return prediction.kept
