"""Who is in a study cohort: class, further targets, covariates and hospital of each."""

import math
from dataclasses import dataclass, field

import numpy as np

from pipelines.phantoms.plans.cohort_plan import FurtherTarget, LeftOut
from pipelines.phantoms.plans.study_plan import StudyPlan

_STREAM = 7


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value of a patient.

    Args:
        text: as labels.csv has it.
        place: 0 for no, 1 for yes; of a number its place in the distribution.
    """

    text: str
    place: float


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """One patient before the examination.

    Args:
        label: index of the class.
        targets: by column, `label` among them.
        hospital: index in the plan.
        left_out: why the task does not take it, if so.
    """

    index: int
    patient_id: str
    label: int
    targets: dict[str, Value]
    covariates: dict[str, Value] = field(default_factory=dict)
    hospital: int
    left_out: LeftOut | None = None

    @property
    def labelled(self) -> bool:
        """Whether labels.csv says what class; its pictures show one all the same."""
        return self.left_out is None or self.left_out.why != "no_label"


def enrol(
    plan: StudyPlan, *, scale: float, quick: bool, seed: int
) -> tuple[Enrolled, ...]:
    """Draws the patients, those who are left out among them, in random order."""
    generator = np.random.default_rng([seed, _STREAM])
    taken = plan.number_of_patients(scale=scale, quick=quick)
    reasons: list[LeftOut | None] = [None] * taken
    labels = _labels(plan, taken)
    for row in plan.left_out:
        number = plan.number_left_out(row, scale=scale, quick=quick)
        reasons += [row] * number
        labels += generator.choice(
            len(plan.classes), number, p=np.array(plan.prevalence)
        ).tolist()
    order = generator.permutation(len(labels))
    return tuple(
        _enrolled(plan, index, labels[row], reasons[row], seed, generator)
        for index, row in enumerate(order)
    )


def _labels(plan: StudyPlan, patients: int) -> list[int]:
    """As many of each class as its prevalence says, at least two."""
    counts = [max(2, round(share * patients)) for share in plan.prevalence]
    counts[int(np.argmax(counts))] += patients - sum(counts)
    return [label for label, count in enumerate(counts) for _ in range(count)]


def _enrolled(
    plan: StudyPlan,
    index: int,
    label: int,
    left_out: LeftOut | None,
    seed: int,
    generator: np.random.Generator,
) -> Enrolled:
    place = label / (len(plan.classes) - 1)
    targets = {"label": Value(text=plan.classes[label], place=place)}
    for row in plan.targets:
        targets[row.name] = _value(row, label, row.choices, 0.0, generator)
    shifts = {
        confounder.covariate: confounder.strength * (2 * place - 1)
        for confounder in plan.confounders
        if confounder.kind == "covariate"
    }
    covariates = {
        row.name: _value(row, label, row.choices, shifts.get(row.name, 0.0), generator)
        for row in plan.covariates
    }
    shares = _hospital_shares(plan, place)
    return Enrolled(
        index=index,
        patient_id=f"PHANTOM-{seed}-{index:04d}",
        label=label,
        targets=targets,
        covariates=covariates,
        hospital=int(generator.choice(len(shares), p=shares)),
        left_out=left_out,
    )


def _value(
    row: FurtherTarget,
    label: int,
    words: tuple[str, str],
    shift: float,
    generator: np.random.Generator,
) -> Value:
    """Shifted by a confounder: a number by standard deviations, a share towards yes."""
    if row.shares:
        share = row.shares[label]
        share += shift * (1 - share if shift > 0 else share)
        yes = bool(generator.random() < share)
        return Value(text=words[yes], place=float(yes))
    number = generator.normal(row.means[label] + shift * row.deviation, row.deviation)
    number = round(float(np.clip(number, row.low, row.high)), row.decimals)
    middle = float(np.mean(row.means))
    place = (1 + math.erf((number - middle) / row.deviation / math.sqrt(2))) / 2
    return Value(text=f"{number:.{row.decimals}f}", place=place)


def _hospital_shares(plan: StudyPlan, place: float) -> np.ndarray:
    """Shares of the hospitals for patients whose class has that place, 0 to 1."""
    sites = list(dict.fromkeys(hospital.site for hospital in plan.hospitals))
    shares = []
    for number, hospital in enumerate(plan.hospitals):
        share = hospital.share
        for confounder in plan.confounders:
            if confounder.kind == "covariate":
                continue
            late, last = number, len(plan.hospitals) - 1
            if confounder.kind == "site":
                late, last = sites.index(hospital.site), len(sites) - 1
            side = 2 * late / max(1, last) - 1
            share *= 1 + confounder.strength * side * (2 * place - 1)
        shares.append(max(share, 1e-9))
    return np.array(shares) / sum(shares)
