"""One patient of a study cohort: what the plan and the roster say, drawn."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipelines.phantoms import anatomy, bodies, graded_signs, planned_series, vendors
from pipelines.phantoms.examination import Acquired, Patient
from pipelines.phantoms.plans.sequence_plan import Hospital, descriptions
from pipelines.phantoms.plans.study_plan import StudyPlan
from pipelines.phantoms.roster import Enrolled
from pipelines.phantoms.sized_plan import Cohort
from pipelines.phantoms.stack import Stack

_VENDORS = {vendor.name: vendor for vendor in vendors.VENDORS}
_PARTS = {"abdomen": "ABDOMEN", "brain": "BRAIN", "pelvis": "PROSTATE"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A patient's examination, and the mask of the plan's organ.

    Args:
        mask: uint8 `[D, H, W]` in `mask_stack`, that of the first series; none = the
            plan has no mask.
    """

    patient: Patient
    mask: np.ndarray | None
    mask_stack: Stack | None


def draw(cohort: Cohort, enrolled: Enrolled) -> Drawn:
    """Draws the examination of a patient."""
    plan, index = cohort.plan, enrolled.index
    generator = np.random.default_rng([cohort.seed, 10, index])
    body = bodies.draw(plan.anatomy, generator, _growth(plan, enrolled))
    signs = []
    for number, row in enumerate(plan.signs):
        stream = np.random.default_rng([cohort.seed, 11, index, number])
        severity = row.strength * enrolled.targets[row.target].place + stream.normal()
        body, sign = graded_signs.draw(row, body, float(severity), stream)
        signs += [sign] if sign is not None else []
    hospital = plan.hospitals[enrolled.hospital]
    wanted = _wanted(cohort, enrolled)
    series = tuple(
        planned_series.acquire(cohort, enrolled, number, body, tuple(signs))
        for number in wanted
    )
    names = _names(plan, hospital, wanted, generator)
    mask, stack = None, None
    if plan.mask is not None and series:
        stack = series[0].parts[0].stack
        organ = next(organ for organ in body.organs if organ.tissue == plan.mask)
        filled = anatomy.inside(organ, stack.points_mm())
        mask = (filled > 0.5).astype(np.uint8)
    return Drawn(
        patient=_patient(cohort, enrolled, names, series, generator),
        mask=mask,
        mask_stack=stack,
    )


def _growth(plan: StudyPlan, enrolled: Enrolled) -> dict[str, float]:
    """How much larger organs are for what is known of the patient."""
    growth: dict[str, float] = {}
    for row in plan.covariates:
        if row.organ is None:
            continue
        value = enrolled.covariates[row.name]
        deviations = 2 * value.place - 1
        if row.means:
            middle = float(np.mean(row.means))
            deviations = (float(value.text) - middle) / row.deviation
        growth[row.organ] = growth.get(row.organ, 0.0) + row.growth * deviations
    return growth


def _wanted(cohort: Cohort, enrolled: Enrolled) -> list[int]:
    """Numbers of the sequences that the patient has."""
    generator = np.random.default_rng([cohort.seed, 12, enrolled.index])
    why = enrolled.left_out
    if why is not None and why.why == "no_images":
        return []
    missing = ""
    if why is not None and why.why == "missing":
        missing = str(generator.choice(why.sequences))
    return [
        number
        for number, sequence in enumerate(cohort.plan.sequences)
        if generator.random() < sequence.share and sequence.name != missing
    ]


def _names(
    plan: StudyPlan,
    hospital: Hospital,
    wanted: list[int],
    generator: np.random.Generator,
) -> dict[str, str]:
    """SeriesDescription by sequence; some are another one's."""
    names = {}
    for number in wanted:
        sequence = plan.sequences[number]
        words = generator.choice(descriptions(sequence, hospital))
        if generator.random() < hospital.wrong_names:
            other = plan.sequences[int(generator.integers(len(plan.sequences)))]
            words = generator.choice(descriptions(other, hospital))
        names[sequence.name] = str(words)
    return names


def _patient(
    cohort: Cohort,
    enrolled: Enrolled,
    names: dict[str, str],
    series: tuple[Acquired, ...],
    generator: np.random.Generator,
) -> Patient:
    plan = cohort.plan
    hospital = plan.hospitals[enrolled.hospital]
    age = int(generator.integers(30, 85))
    if "age" in enrolled.covariates:
        age = round(float(enrolled.covariates["age"].text))
    sex = str(generator.choice(("F", "M")))
    if "sex" in enrolled.covariates:
        sex = enrolled.covariates["sex"].text
    if plan.anatomy == "pelvis":
        sex = "M"
    year = int(generator.integers(2010, 2020))
    month, day = (int(n) for n in generator.integers(1, (13, 29)))
    return Patient(
        patient_id=enrolled.patient_id,
        label=enrolled.label,
        sex=sex,
        age_years=age,
        birth_day=f"{year - age}0101",
        study_day=f"{year}{month:02d}{day:02d}",
        scanner=vendors.Scanner(
            vendor=_vendor(plan, hospital, names),
            institution=hospital.site,
            field_strength_t=hospital.field_strength_t,
            serial_number=str(91001 + enrolled.hospital),
        ),
        root=f"{cohort.root}/{enrolled.index}",
        form="classic",
        disarranged=False,
        index=enrolled.index,
        series=series,
        body_part=_PARTS[plan.anatomy],
    )


def _vendor(
    plan: StudyPlan, hospital: Hospital, names: dict[str, str]
) -> vendors.Vendor:
    """The vendor's habits with the names that the hospital gives."""
    usual = _VENDORS[hospital.vendor]
    diffusion = {s.name: s for s in plan.sequences if s.b_values}
    sequence_names = {}
    if usual.name == "siemens":
        sequence_names = {
            name: "*ep_b{b}t" if sequence.kind == "diffusion" else "*ep_b50_{b}"
            for name, sequence in diffusion.items()
        }
    options = {name: usual.scan_options["DWI"] for name in diffusion}
    for sequence in plan.sequences:
        if sequence.fat_saturation and sequence.name not in options:
            options[sequence.name] = ("FS",)
    return dataclasses.replace(
        usual, descriptions=names, sequence_names=sequence_names, scan_options=options
    )
