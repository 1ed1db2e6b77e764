"""What the rules of a task say of a series."""

from pipelines.cohort import sequence_matching
from pipelines.errors import DataError, StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.task import Task


def rule_of(series: Series, task: Task) -> str:
    """The sequence that the task's rules on header facts name; "" = none or several."""
    try:
        return sequence_matching.name(series, task) or ""
    except (StudyError, DataError):  # several rules match, or a sequence has none
        return ""
