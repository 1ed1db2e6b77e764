"""What both objects of a report have alike: whose they are, and their UIDs."""

import datetime
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from highdicom import SOPClass
from pydicom import Dataset

from zoo.prediction.reports import uids, wording
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.reports.source_study import SourceStudy

CHARACTER_SET = "ISO_IR 192"  # UTF-8, for names in any script
_BLANK = ("PatientName", "PatientBirthDate", "PatientSex", "ReferringPhysicianName")


@dataclass(frozen=True, kw_only=True)
class Made:
    """When and by which model a report is made.

    Args:
        model_name: as `content.algorithm_name` has it.
        at: local time.
    """

    model: ModelIdentity
    model_name: str
    at: datetime.datetime

    def equipment(self) -> dict[str, str]:
        """Of the module General Equipment, as highdicom names its arguments."""
        return {
            "manufacturer": wording.SOFTWARE,
            "manufacturer_model_name": wording.long_string(self.model_name),
            "software_versions": wording.long_string(self.model.version),
            "device_serial_number": self.model.digest,
        }

    def times(self) -> dict[str, datetime.date | datetime.time]:
        """Of the content, as highdicom names its arguments."""
        return {"content_date": self.at.date(), "content_time": self.at.time()}

    def series(self, number: int, description: str) -> dict[str, str | int]:
        """Of a series for this object alone, as highdicom names its arguments.

        Viewers show of the reports in one series the first only.
        """
        return {
            "series_instance_uid": uids.new(),
            "series_number": number,
            "series_description": wording.long_string(
                f"{description}, {self.model_name}"
            ),
            "sop_instance_uid": uids.new(),
            "instance_number": 1,
        }

    def give_series_times(self, made: SOPClass) -> None:
        """Tells reports of one study apart in lists of series."""
        made.SeriesDate = self.at.date()
        made.SeriesTime = self.at.time()


def blank_patient(source: SourceStudy) -> Dataset:
    """Stands for a patient while highdicom builds an object.

    It refuses, or shows in warnings, values of a source that are not as the standard
    has them, and an archive has many such. `give_patient` puts the source's own there.
    """
    blank = Dataset()
    blank.StudyInstanceUID = source.uid
    for keyword in (*_BLANK, "PatientID", "StudyID", "StudyDate", "StudyTime"):
        setattr(blank, keyword, None)
    blank.AccessionNumber = None
    return blank


def give_patient(made: SOPClass, source: SourceStudy) -> None:
    """Gives an object the modules Patient and Study of its source, as they are."""
    made.copy_patient_and_study_information(source.header)


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings of pydicom and highdicom, which show values of the patient."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
