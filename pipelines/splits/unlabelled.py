"""Patients without any label: in no split, dealt to nothing, moved by nothing."""

from collections.abc import Iterable, Mapping

from pipelines.errors import DataError
from pipelines.splits.patient import Assignment, Patient
from pipelines.tasks.task import Split

UNLABELLED = "unlabelled"


def set_apart(
    patients: Iterable[Patient], plan: Split, recorded: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    """The assignment of every patient without a label.

    By site they are set apart site by site, so that a site that is left out is left
    out whole.

    Args:
        recorded: of the data set that is extended.

    Raises:
        DataError: a patient recorded in a split, or by site one without a site.
    """
    assignments = {}
    for patient in patients:
        if patient.labelled:
            continue
        was = recorded.get(patient.patient_id)
        if was is not None and was.split != UNLABELLED:
            raise DataError(
                f"patient {patient.patient_id} is recorded in {was.group} and has no "
                "label now; to extend a data set moves nobody. Give the label back, or "
                "ingest the whole cohort anew"
            )
        if plan.kind == "site" and not patient.site:
            raise DataError(
                "a split by site wants a site for every patient, also for one without "
                f"a label. Received: none of patient {patient.patient_id}. Give sites "
                "in a column 'site' of the label file"
            )
        fold = patient.site if plan.kind == "site" else ""
        assignments[patient.patient_id] = was or Assignment(split=UNLABELLED, fold=fold)
    return assignments


def once_unlabelled(
    patients: Iterable[Patient], plan: Split, recorded: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    """What is recorded, for a cohort in which some have got their label since.

    They train and are never evaluated: networks may have learned from their images.
    By site they belong to their site and are tested when it is left out, for no network
    that left it out has seen them; but they don't validate while it trains.
    """
    assignments = dict(recorded)
    for patient in patients:
        was = recorded.get(patient.patient_id)
        if patient.labelled and was is not None and was.split == UNLABELLED:
            by_site = plan.kind == "site" and not patient.role
            assignments[patient.patient_id] = (
                Assignment(split="site", fold=was.fold)
                if by_site
                else Assignment(split="train")
            )
    return assignments
