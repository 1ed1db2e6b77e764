"""Ordered patients dealt to the parts of a plan: fractions, folds or sites.

Every function takes the patients in the order in which they are to be dealt, the plan
and the assignments that stay, and returns the assignment of every patient.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipelines.splits.apportionment import apportion
from pipelines.splits.patient import Assignment, Patient
from pipelines.tasks.task import Split


def fractions(
    patients: Sequence[Patient], plan: Split, kept: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    """Training, test and validation by the plan's shares.

    The shares stand in this order, so a class of two has a training and a test patient.
    """
    shares = {"train": plan.train, "test": plan.test, "validation": plan.validation}
    parts = _share_out(
        patients, shares, {patient_id: a.split for patient_id, a in kept.items()}
    )
    return {patient_id: Assignment(split=part) for patient_id, part in parts.items()}


def folds(
    patients: Sequence[Patient], plan: Split, kept: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    """The hold-out set, then folds: each patient to that with fewest of the class."""
    shares = {"fold": 1 - plan.holdout, "holdout": plan.holdout}
    splits = {patient_id: a.split for patient_id, a in kept.items()}
    parts = _share_out(patients, shares, splits)
    holdout = Assignment(split="holdout")
    dealt = {patient_id: holdout for patient_id, p in parts.items() if p != "fold"}
    numbers = [str(number) for number in range(plan.folds)]
    inside = [patient for patient in patients if parts[patient.patient_id] == "fold"]
    totals = Counter(kept[p.patient_id].fold for p in inside if p.patient_id in kept)
    for group in _by_stratum(inside).values():
        of_class = Counter(
            kept[p.patient_id].fold for p in group if p.patient_id in kept
        )
        for patient in group:
            if patient.patient_id in kept:
                dealt[patient.patient_id] = kept[patient.patient_id]
                continue
            fold = min(numbers, key=lambda f: (of_class[f], totals[f], int(f)))
            of_class[fold] += 1
            totals[fold] += 1
            dealt[patient.patient_id] = Assignment(split="fold", fold=fold)
    return dealt


def sites(
    patients: Sequence[Patient], plan: Split, kept: Mapping[str, Assignment]
) -> dict[str, Assignment]:
    """Patients by site; a share of every site validates while that site trains."""
    shares = {"site": 1 - plan.validation, "site_validation": plan.validation}
    splits = {patient_id: a.split for patient_id, a in kept.items()}
    by_site: dict[str, list[Patient]] = {}
    for patient in patients:
        by_site.setdefault(patient.site, []).append(patient)
    totals = apportion(
        {site: len(group) for site, group in by_site.items()},
        shares,
        recorded={
            site: Counter(splits[p.patient_id] for p in group if p.patient_id in splits)
            for site, group in by_site.items()
        },
    )
    dealt = {}
    for site, group in by_site.items():
        parts = _share_out(
            group, shares, splits, totals=totals[site], at_least_one=False
        )
        for patient_id, part in parts.items():
            recorded = kept.get(patient_id)
            dealt[patient_id] = recorded or Assignment(split=part, fold=site)
    return dealt


def _by_stratum(patients: Iterable[Patient]) -> dict[str, list[Patient]]:
    groups: dict[str, list[Patient]] = {}
    for patient in patients:
        groups.setdefault(patient.stratum, []).append(patient)
    return dict(sorted(groups.items()))


def _share_out(
    patients: Sequence[Patient],
    shares: Mapping[str, float],
    kept: Mapping[str, str],
    *,
    totals: Mapping[str, int] | None = None,
    at_least_one: bool = True,
) -> dict[str, str]:
    """Deals `patients`, in their order, to the parts of `shares`, `kept` excepted."""
    groups = _by_stratum(patients)
    there = {
        stratum: Counter(kept[p.patient_id] for p in group if p.patient_id in kept)
        for stratum, group in groups.items()
    }
    cells = apportion(
        {stratum: len(group) for stratum, group in groups.items()},
        shares,
        recorded=there,
        totals=totals,
        at_least_one=at_least_one,
    )
    parts = {}
    for stratum, group in groups.items():
        places = [
            part
            for part in reversed(list(shares))
            for _ in range(cells[stratum][part] - there[stratum][part])
        ]
        new = (p.patient_id for p in group if p.patient_id not in kept)
        parts |= dict(zip(new, places, strict=True))
    return parts | {
        p.patient_id: kept[p.patient_id] for p in patients if p.patient_id in kept
    }
