"""Patients dealt to splits: whole, by class, the same on every machine."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from pipelines.errors import DataError
from pipelines.pseudonyms import without_letter
from pipelines.splits.assign import folds, fractions, sites
from pipelines.splits.patient import Assignment, Patient
from pipelines.splits.unlabelled import once_unlabelled, set_apart
from pipelines.tasks.task import Split

FRACTIONS = ("train", "validation", "test")
_WITHOUT_FOLDS = ("fractions", "official")
_SPLITS = {
    "fractions": FRACTIONS,
    "official": FRACTIONS,
    "folds": ("train", "fold", "holdout"),
    "validation_folds": ("train", "fold"),
    "site": ("train", "site", "site_validation"),
}


def deal(
    patients: Sequence[Patient],
    plan: Split,
    *,
    recorded: Mapping[str, Assignment] | None = None,
) -> dict[str, Assignment]:
    """Assigns every patient of the cohort by `plan`.

    Patients of a stratum are ordered by SHA-256 of the plan's seed and the pseudonym
    (its digits: the letter came later and moved nobody) and dealt to exact quotas, so
    neither the order of `patients` nor the machine matters. A stratum of three patients
    or more has at least one in each of train, test and validation (where these have a
    share). Folds differ by at most one patient in every stratum and in total. Patients
    without a label are set apart.

    Args:
        patients: the whole cohort, those recorded earlier included.
        recorded: assignments that stay as they are; only the others are dealt,
            towards the quotas of the grown cohort. Who was set apart and has a label
            now is no longer, see `unlabelled.once_unlabelled`.

    Returns:
        By patient_id, in the order of `patients`.

    Raises:
        DataError: a patient twice, no patients with a label, a class with a single
            patient, a split that would be empty, a site or an official split that is
            missing, recorded assignments of another plan, or a recorded patient who
            has lost the label.
    """
    everybody = [patient.patient_id for patient in patients]
    unlabelled = set_apart(patients, plan, recorded or {})
    recorded = once_unlabelled(patients, plan, recorded or {})
    patients = [patient for patient in patients if patient.labelled]
    ids = [patient.patient_id for patient in patients]
    if not ids or len(set(everybody)) != len(everybody):
        raise DataError(
            "a split wants patients with a label, each of them once. Received: "
            f"{len(everybody)} patients, {len(set(everybody))} different ones, "
            f"{len(ids)} with a label"
        )
    kept = {patient: recorded[patient] for patient in ids if patient in recorded}
    _check_recorded(patients, kept, plan)
    fixed = {p.patient_id for p in patients if p.role == "train_only"}
    if plan.kind not in (
        "fractions",
        "official",
    ):  # recorded in training: once train_only
        fixed |= {patient for patient, was in kept.items() if was.split == "train"}
    dealt = {patient: Assignment(split="train") for patient in ids if patient in fixed}
    rest = sorted(
        (patient for patient in patients if patient.patient_id not in fixed),
        key=lambda patient: _order(plan.seed, patient.patient_id),
    )
    if plan.kind == "official":
        dealt |= _official(rest, kept)
    else:
        _check_strata(patients, plan, fixed)
        if plan.kind == "site":
            _check_sites(rest)
        by_kind = {"fractions": fractions, "site": sites}
        by_kind |= dict.fromkeys(("folds", "validation_folds"), folds)
        dealt |= by_kind[plan.kind](rest, plan, kept)
        _check_filled(dealt, plan)
    assigned = dealt | unlabelled
    return {patient: assigned[patient] for patient in everybody}


def check_no_leak(rows: Iterable[tuple[str, str]]) -> None:
    """Refuses a patient in two groups.

    Args:
        rows: patient_id, group of every record.

    Raises:
        DataError: names the patients, by pseudonym, and their groups.
    """
    groups: dict[str, set[str]] = {}
    for patient_id, group in rows:
        groups.setdefault(patient_id, set()).add(group)
    leaks = sorted(patient for patient, names in groups.items() if len(names) > 1)
    if leaks:
        first = ", ".join(sorted(groups[leaks[0]]))
        raise DataError(
            f"patient {leaks[0]} is in two splits ({first})"
            + (f", and so are {len(leaks) - 1} more" if leaks[1:] else "")
            + ". Ingest the data set anew; all studies of a patient belong to one split"
        )


def _order(seed: int, patient_id: str) -> bytes:
    digits = without_letter(patient_id)
    return hashlib.sha256(f"{seed}\0{digits}".encode()).digest()


def _check_recorded(
    patients: Iterable[Patient], kept: Mapping[str, Assignment], plan: Split
) -> None:
    numbers = [str(number) for number in range(plan.folds)]
    for patient in patients:
        was = kept.get(patient.patient_id)
        if was is None:
            continue
        if was.split not in _SPLITS[plan.kind] or (
            was.split == "fold" and was.fold not in numbers
        ):
            raise DataError(
                f"patient {patient.patient_id} is recorded in {was.group}, which a "
                f"split by {plan.kind} has not. Extend a data set with the split plan "
                "it was made with"
            )
        if patient.role == "train_only" and was.split != "train":
            raise DataError(
                f"patient {patient.patient_id} is recorded in {was.group} and is now "
                "train_only; to extend a data set moves nobody. Take the role out, or "
                "ingest the whole cohort anew"
            )


def _check_strata(patients: Sequence[Patient], plan: Split, fixed: set[str]) -> None:
    """Refuses a class of one patient, unless that one only trains anyway.

    Args:
        fixed: who only trains.
    """
    if plan.everybody_trains:
        return
    members: dict[str, list[str]] = {}
    for patient in patients:
        for name in {*patient.classes} or {patient.stratum}:
            members.setdefault(name, []).append(patient.patient_id)
    for stratum, ids in sorted(members.items()):
        if len(ids) == 1 and not {*ids} & fixed and (stratum or len(patients) == 1):
            name = f"class {stratum!r}" if stratum else "the cohort"
            raise DataError(
                f"{name} has a single patient, who can't be in training and in test. "
                "Add patients, take the class out of the task, merge it with another "
                "one in the label file, give the patient the role train_only there, or "
                "let everybody train ([split] train = 1.0)"
            )


def _official(
    patients: Iterable[Patient], kept: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    dealt = {}
    for patient in patients:
        if patient.patient_id not in kept and patient.official not in FRACTIONS:
            raise DataError(
                f"patient {patient.patient_id} has no official split. Received: "
                f"{patient.official!r}. Use a source that gives train, validation or "
                "test, or another split.kind in the task"
            )
        official = Assignment(split=patient.official)
        dealt[patient.patient_id] = kept.get(patient.patient_id, official)
    return dealt


def _check_sites(patients: Sequence[Patient]) -> None:
    nowhere = sum(not patient.site for patient in patients)
    number = len({patient.site for patient in patients})
    if nowhere or number < 2:
        raise DataError(
            "a split by site wants a site for every patient and at least 2 sites. "
            f"Received: {number} sites, {nowhere} of {len(patients)} patients without "
            "one. Give sites in a column 'site' of the label file"
        )


def _check_filled(dealt: Mapping[str, Assignment], plan: Split) -> None:
    """An empty split is an error, and so is a site without others to validate on."""
    groups = {assignment.group for assignment in dealt.values()}
    if plan.kind == "fractions":
        wanted = [part for part in FRACTIONS if getattr(plan, part) > 0]
    elif plan.kind != "site":
        wanted = [f"fold-{number}" for number in range(plan.folds)]
        wanted += ["holdout"] if plan.holdout > 0 else []
    else:
        validating = {g for g in groups if g.startswith("site_validation-")}
        wanted = [] if len(validating) > 1 else ["site_validation of a second site"]
    empty = [name for name in wanted if name not in groups]
    if empty:
        raise DataError(
            f"{len(dealt)} patients are too few for the split: {', '.join(empty)} "
            "would be empty. Add patients, or change [split] in the task file"
        )
