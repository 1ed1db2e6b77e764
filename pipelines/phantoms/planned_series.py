"""One series of a planned patient: its geometry, its pictures, what is stored."""

import dataclasses

import numpy as np

from pipelines.phantoms import acquisition, anatomy, graded_signs, tissues, vendors
from pipelines.phantoms.examination import Acquired
from pipelines.phantoms.part import draw_gain, stored_parts
from pipelines.phantoms.plans.cohort_plan import FEW_SLICES, SMALL_MATRIX
from pipelines.phantoms.plans.sequence_plan import Hospital, SequencePlan
from pipelines.phantoms.plans.study_plan import StudyPlan
from pipelines.phantoms.protocols import Protocol
from pipelines.phantoms.roster import Enrolled
from pipelines.phantoms.sized_plan import Cohort
from pipelines.phantoms.stack import Stack

_VENDORS = {vendor.name: vendor for vendor in vendors.VENDORS}
_SCANNING_SEQUENCE = {
    "spin_echo": ("SE",),
    "gradient_echo": ("GR",),
    "inversion_recovery": ("SE", "IR"),
    "diffusion": ("EP",),
    "diffusion_map": ("EP",),
}


def acquire(
    cohort: Cohort,
    enrolled: Enrolled,
    number: int,
    body: anatomy.Body,
    signs: tuple[graded_signs.GradedSign, ...],
) -> Acquired:
    """Acquires a sequence of the plan, by its number."""
    plan = cohort.plan
    sequence, hospital = plan.sequences[number], plan.hospitals[enrolled.hospital]
    generator = np.random.default_rng([cohort.seed, 13, enrolled.index, number])
    vendor = _VENDORS[hospital.vendor]
    protocol = _protocol(sequence, hospital)
    gain = draw_gain(vendor, protocol, generator)
    moved_mm = generator.normal(0, 1, 3) * sequence.shift_mm
    parts = []
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
        parts += stored_parts(
            pictures, protocol, plane, stack, vendor=vendor, gain=gain
        )
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
        slices = (FEW_SLICES, FEW_SLICES)
    if why == "small_matrix":
        matrix = (SMALL_MATRIX, SMALL_MATRIX)
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
