"""One phantom patient: the plan says what to draw, the seed and the index draw it."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from pipelines.phantoms import acquisition, anatomy, signs, vendors
from pipelines.phantoms.part import Part, draw_gain, stored_parts
from pipelines.phantoms.plan import SEQUENCES, Plan
from pipelines.phantoms.protocols import PROTOCOLS, Protocol
from pipelines.readers.volume import Volume

_DISTRACTORS = ("LOCALIZER", "T2_SAGITTAL")
# The order fixes each one's random stream.
_STREAMS = ("T2WI", "T1WI", "DWI", "ADC", *_DISTRACTORS, "DTI")


@dataclass(frozen=True, kw_only=True, eq=False)
class Acquired:
    """One DICOM series.

    Args:
        number: SeriesNumber.
        reverse: InstanceNumber runs against the slice normal.
    """

    protocol: Protocol
    number: int
    reverse: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Patient:
    """One phantom patient with one study.

    Args:
        patient_id: PatientID, the key of labels.csv.
        label: index into `signs.CLASSES`.
        study_day: YYYYMMDD, likewise `birth_day`; invented.
        root: of the UIDs.
        form: of the files, see `Plan`.
        disarranged: likewise.
        index: of the patient in the cohort.
        body_part: BodyPartExamined.
    """

    patient_id: str
    label: int
    sex: str
    age_years: int
    birth_day: str
    study_day: str
    scanner: vendors.Scanner
    root: str
    form: str
    disarranged: bool
    index: int
    series: tuple[Acquired, ...]
    body_part: str = "ABDOMEN"

    @property
    def volumes(self) -> dict[str, Volume]:
        """The task's sequences as a reader returns them.

        Of DWI and DTI the highest b-value, of DTI the mean over directions.
        """
        return {
            acquired.protocol.name: _volume(acquired)
            for acquired in self.series
            if acquired.protocol.name in SEQUENCES
        }


def patient_id(plan: Plan, index: int) -> str:
    """PatientID of a patient."""
    return f"PHANTOM-{plan.seed}-{index:04d}"


def label(plan: Plan, index: int) -> int:
    """The class of a patient: of patients 2n and 2n + 1 a coin says which is first."""
    coin = int(np.random.default_rng([plan.seed, 1, index // 2]).integers(2))
    return (coin + index) % 2


def patient(plan: Plan, index: int, *, distractors: bool = True) -> Patient:
    """Draws patient `index` of the cohort.

    Args:
        distractors: also the localizer and the sagittal T2 series.
    """
    generator = np.random.default_rng([plan.seed, 0, index])
    body = anatomy.draw(generator)
    sign = signs.SIGNS[plan.sign](generator, label(plan, index))
    scanner = vendors.SCANNERS[generator.integers(len(vendors.SCANNERS))]
    age = int(generator.integers(18, 96))
    year = int(generator.integers(2001, 2010))
    month, day = (int(n) for n in generator.integers(1, (13, 29)))
    tilt = np.zeros(3)
    if generator.random() < 0.5:
        tilt = generator.uniform(-1, 1, 3) * (8, 4, 5)
    wanted = [*plan.sequences, *(_DISTRACTORS if distractors else ())]
    return Patient(
        patient_id=patient_id(plan, index),
        label=sign.label,
        sex=str(generator.choice(("F", "M", "O"), p=(0.49, 0.49, 0.02))),
        age_years=age,
        birth_day=f"{year - age}0101",
        study_day=f"{year}{month:02d}{day:02d}",
        scanner=scanner,
        root=f"{plan.root}/{index}",
        form=plan.form,
        disarranged=plan.disarranged,
        index=index,
        series=tuple(
            _acquire(PROTOCOLS[name], plan, index, body, sign, scanner, tilt)
            for name in wanted
        ),
    )


def _acquire(
    protocol: Protocol,
    plan: Plan,
    index: int,
    body: anatomy.Body,
    sign: signs.Sign,
    scanner: vendors.Scanner,
    tilt_degrees: np.ndarray,
) -> Acquired:
    stream = _STREAMS.index(protocol.name)
    generator = np.random.default_rng([plan.seed, 2, index, stream])
    shared = "DWI" if protocol.diffusion_map else protocol.name
    geometry = np.random.default_rng([plan.seed, 3, index, _STREAMS.index(shared)])
    gain = draw_gain(scanner.vendor, protocol, generator)
    parts = []
    for plane in protocol.planes:
        stack = acquisition.draw_stack(
            protocol,
            plane,
            geometry,
            slices=plan.slices,
            matrix=plan.matrix,
            tilt_degrees=tuple(tilt_degrees)
            if protocol.name in SEQUENCES
            else (0, 0, 0),
        )
        pictures = acquisition.seen(
            acquisition.clean(protocol, stack, body, sign),
            protocol,
            stack,
            generator,
            bias=plan.bias,
        )
        parts += stored_parts(
            pictures, protocol, plane, stack, vendor=scanner.vendor, gain=gain
        )
    return Acquired(
        protocol=protocol,
        number=stream + 1,
        reverse=bool(generator.random() < 0.3),
        parts=tuple(parts),
    )


def _volume(acquired: Acquired) -> Volume:
    part = acquired.parts[-1]
    stack = part.stack
    image = sitk.GetImageFromArray(_values(acquired))
    image.SetOrigin(stack.position_mm(0))
    image.SetSpacing(tuple(reversed(stack.spacing_mm)))
    axes = np.array([stack.row_direction, stack.column_direction, stack.normal])
    image.SetDirection(axes.T.ravel().tolist())
    return Volume(image=image, sequence=acquired.protocol.name, plane=part.plane)


def _values(acquired: Acquired) -> np.ndarray:
    """Of the last part; where that has a direction, the mean over all of its b-value.

    The n-th root of a product, in another order of operations than the reader's.
    """
    last = acquired.parts[-1]
    if last.weighting is None or last.weighting.direction is None:
        return last.stored.values
    values = [
        part.stored.values.astype(np.float64)
        for part in acquired.parts
        if part.b_value == last.b_value
    ]
    roots = [value ** (1 / len(values)) for value in values]
    return np.prod(roots, axis=0).astype(np.float32)
