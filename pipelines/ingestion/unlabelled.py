"""Studies without a label: whose may stay, and why the others are left out."""

from collections.abc import Mapping
from dataclasses import replace

from pipelines.errors import StudyError
from pipelines.ingestion.cohort import Cohort, rejected
from pipelines.ingestion.work_item import Order, Rejection
from pipelines.splits.split import Assignment
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
    labelled = {order.patient_id for order in cohort.orders if order.labelled}
    labelled |= {one for one, was in recorded.items() if was.split != UNLABELLED}

    def out(order: Order) -> bool:
        return not order.labelled and order.patient_id in labelled

    return replace(
        cohort,
        orders=tuple(order for order in cohort.orders if not out(order)),
        rejections=(
            *cohort.rejections,
            *(_left_out(order) for order in cohort.orders if out(order)),
        ),
    )


def _left_out(order: Order) -> Rejection:
    error = StudyError(
        code="labelled_patient",
        problem="it has no label, and its patient belongs to a split",
        cure="Give it a label, if it is to be used; without one only studies of "
        "patients who have no label at all are kept",
    )
    return rejected(
        error,
        study_id=order.study_id,
        patient_id=order.patient_id,
        private=order.private,
    )
