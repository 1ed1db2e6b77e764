"""Studies without a label: whose may stay, and why the others are left out."""

from collections.abc import Mapping
from dataclasses import replace

from pipelines.errors import StudyError
from pipelines.ingestion.cohort import Cohort, rejected
from pipelines.ingestion.work_item import Rejection, WorkItem
from pipelines.splits.patient import Assignment
from pipelines.splits.unlabelled import UNLABELLED


def without_those_of_labelled_patients(
    cohort: Cohort, recorded: Mapping[str, Assignment]
) -> Cohort:
    """The cohort in which every patient has only labelled studies, or none.

    A patient with a label belongs to a split, and images of a test patient must not
    train, with or without a label.

    Args:
        recorded: the split of every patient of the data set that is extended; one who
            had a label there is a labelled patient still.
    """
    labelled = {
        work_item.patient_id for work_item in cohort.work_items if work_item.labelled
    }
    labelled |= {
        patient_id for patient_id, was in recorded.items() if was.split != UNLABELLED
    }

    def out(work_item: WorkItem) -> bool:
        return not work_item.labelled and work_item.patient_id in labelled

    return replace(
        cohort,
        work_items=tuple(
            work_item for work_item in cohort.work_items if not out(work_item)
        ),
        rejections=(
            *cohort.rejections,
            *(
                _left_out(work_item)
                for work_item in cohort.work_items
                if out(work_item)
            ),
        ),
    )


def _left_out(work_item: WorkItem) -> Rejection:
    error = StudyError(
        code="labelled_patient",
        problem="it has no label, and its patient belongs to a split",
        cure="Give it a label, if it is to be used; without one only studies of "
        "patients who have no label at all are kept",
    )
    return rejected(
        error,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        private=work_item.private,
    )
