"""One patient of a study cohort: what the plan and the roster say, drawn."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipelines.phantoms import (
    acquisition,
    anatomy,
    bodies,
    graded_signs,
    tissues,
    vendors,
)
from pipelines.phantoms.examination import Acquired, Part, Patient
from pipelines.phantoms.plans.sequence_plan import (
    Hospital,
    SequencePlan,
    descriptions,
)
from pipelines.phantoms.plans.study_plan import StudyPlan
from pipelines.phantoms.protocols import Protocol
from pipelines.phantoms.roster import Enrolled
from pipelines.phantoms.stack import Stack

_VENDORS = {vendor.name: vendor for vendor in vendors.VENDORS}
_SCANNING_SEQUENCE = {
    "spin_echo": ("SE",),
    "gradient_echo": ("GR",),
    "inversion_recovery": ("SE", "IR"),
    "diffusion": ("EP",),
    "diffusion_map": ("EP",),
}
_PARTS = {"abdomen": "ABDOMEN", "brain": "BRAIN", "pelvis": "PROSTATE"}
_FEW = 6  # slices of a series that has too few
_SMALL = 40  # columns of one with too small a matrix


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """What is the same for all patients of a cohort."""

    plan: StudyPlan
    scale: float
    quick: bool
    seed: int

    @property
    def slices(self) -> tuple[int, int]:
        """Lowest and highest number."""
        return self.plan.quick.slices if self.quick else self.plan.slices

    @property
    def matrix(self) -> tuple[int, int]:
        """Lowest and highest number of columns."""
        return self.plan.quick.matrix if self.quick else self.plan.matrix

    @property
    def root(self) -> str:
        """Of the UIDs."""
        return self.plan.root(scale=self.scale, quick=self.quick, seed=self.seed)


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
        _acquire(cohort, enrolled, number, body, tuple(signs)) for number in wanted
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


def _acquire(
    cohort: Cohort,
    enrolled: Enrolled,
    number: int,
    body: anatomy.Body,
    signs: tuple[graded_signs.GradedSign, ...],
) -> Acquired:
    plan = cohort.plan
    sequence, hospital = plan.sequences[number], plan.hospitals[enrolled.hospital]
    generator = np.random.default_rng([cohort.seed, 13, enrolled.index, number])
    vendor = _VENDORS[hospital.vendor]
    liver = float(generator.uniform(*vendor.liver))
    slope = None
    if vendor.slopes and sequence.kind != "diffusion_map":
        slope = round(float(generator.uniform(*vendor.slopes)), 4)
    moved_mm = generator.normal(0, 1, 3) * sequence.shift_mm
    parts = []
    protocol = _protocol(sequence, hospital)
    for plane, stack in _stacks(cohort, enrolled, number):
        moved = dataclasses.replace(
            stack, centre_mm=tuple((np.array(stack.centre_mm) + moved_mm).tolist())
        )
        pictures = acquisition.seen(
            _clean(plan, sequence, hospital, moved, body, signs),
            protocol,
            stack,
            generator,
            bias=hospital.bias,
        )
        parts += [
            Part(
                stack=stack,
                plane=plane,
                weighting=weighting,
                stored=vendors.stored(
                    picture,
                    vendor,
                    liver=1.0 if sequence.kind == "diffusion_map" else liver,
                    slope=slope,
                ),
            )
            for picture, weighting in zip(pictures, protocol.weightings or (None,))
        ]
    return Acquired(
        protocol=protocol,
        number=number + 1,
        reverse=bool(generator.random() < 0.3),
        parts=tuple(parts),
    )


def _protocol(sequence: SequencePlan, hospital: Hospital) -> Protocol:
    is_map = sequence.kind == "diffusion_map"
    return Protocol(
        name=sequence.name,
        planes=sequence.planes,
        echo_time_ms=round(sequence.echo_time_ms * hospital.echo_factor, 2),
        repetition_time_ms=sequence.repetition_time_ms,
        b_values=() if is_map else sequence.b_values,
        diffusion_map=is_map,
        fat_saturation=sequence.fat_saturation,
        fineness=sequence.fineness,
        few_slices=sequence.few_slices,
        signal_to_noise=sequence.signal_to_noise / hospital.noise,
        scanning_sequence=_SCANNING_SEQUENCE[sequence.kind],
        inversion_time_ms=sequence.inversion_time_ms,
        contrast_agent=sequence.contrast_agent,
        map_b_value=max(sequence.b_values, default=800),
        any_vendor_states_it=hospital.maps_carry_b,
    )


def _stacks(cohort: Cohort, enrolled: Enrolled, number: int) -> list[tuple[str, Stack]]:
    """The plane and the geometry of each stack of a sequence."""
    plan = cohort.plan
    sequence, hospital = plan.sequences[number], plan.hospitals[enrolled.hospital]
    names = [one.name for one in plan.sequences]
    shared = number if sequence.geometry is None else names.index(sequence.geometry)
    generator = np.random.default_rng([cohort.seed, 14, enrolled.index, shared])
    why = "" if enrolled.left_out is None else enrolled.left_out.why
    planes, slices, matrix = sequence.planes, cohort.slices, cohort.matrix
    if why == "coronal":
        planes = ("coronal",)
    if why == "few_slices":
        slices = (_FEW, _FEW)
    if why == "small_matrix":
        matrix = (_SMALL, _SMALL)
    stacks = []
    for plane in planes:
        stack = acquisition.draw_stack(
            _protocol(sequence, hospital),
            plane,
            generator,
            slices=slices,
            matrix=matrix,
            field_mm=plan.field_mm,
            depth_mm=plan.depth_mm,
        )
        if hospital.odd_matrix:
            count, rows, columns = stack.shape
            odd = (count, rows - 1, columns - 3)
            stack = dataclasses.replace(stack, shape=odd)
        stacks.append((plane, stack))
    return stacks


def _clean(
    plan: StudyPlan,
    sequence: SequencePlan,
    hospital: Hospital,
    stack: Stack,
    body: anatomy.Body,
    signs: tuple[graded_signs.GradedSign, ...],
) -> tuple[np.ndarray, ...]:
    """The pictures without bias and noise, one a b-value."""
    points_mm = stack.points_mm()
    tables = [
        tissues.signal(sequence, anatomy=plan.anatomy, echo_factor=hospital.echo_factor)
    ]
    if sequence.b_values:
        tables.append(tissues.diffusion())
    pictures = anatomy.paint(body, points_mm, tuple(tables))
    grain = anatomy.texture(body, stack)
    for sign in signs:
        grain = grain * graded_signs.factor(sign, points_mm, sequence.name)
    if not sequence.b_values:
        return (pictures[0] * grain,)
    if sequence.kind == "diffusion_map":
        return (pictures[1] * grain * np.float32(1000),)
    return tuple(
        pictures[0] * grain * np.exp(pictures[1] * np.float32(-b_value / 1000))
        for b_value in sequence.b_values
    )
