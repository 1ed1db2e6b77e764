"""What a study acquires: its sequences, and the hospitals that acquire them."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "spin_echo", "gradient_echo", "inversion_recovery", "diffusion", "diffusion_map"
]
Words = dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class SequencePlan:
    """One series of every examination.

    Args:
        kind: what gives the contrast; a diffusion map is in 1e-6 mm2/s.
        inversion_time_ms: only of an inversion recovery.
        b_values: in s/mm2, of a diffusion series all in one series; of a map the
            highest one is what a vendor may state.
        contrast_agent: given before; ContrastBolusAgent says so.
        fineness: matrix against the plan's.
        few_slices: how many, 9 mm apart; none = as the plan says.
        geometry: name of the sequence whose slices and matrix it has; none = its own.
        shift_mm: standard deviation of what the body moves between the series.
        share: of the examinations that have it.
        truth: class of the series, where series have classes; none = of no class.
        truth_high: class of what it has of b-values from 500 s/mm2 on.
        descriptions: SeriesDescription by vendor, one of them drawn a patient.
    """

    name: str
    kind: Kind
    planes: tuple[str, ...] = ("axial",)
    echo_time_ms: float
    repetition_time_ms: float
    inversion_time_ms: float | None = None
    b_values: tuple[int, ...] = ()
    fat_saturation: bool = False
    contrast_agent: bool = False
    fineness: float = 1.0
    few_slices: int | None = None
    geometry: str | None = None
    shift_mm: float = 0.0
    signal_to_noise: float = 20.0
    share: float = 1.0
    truth: str | None = None
    truth_high: str | None = None
    descriptions: Words

    def __post_init__(self):
        wanted = {"diffusion", "diffusion_map"}
        if (self.kind in wanted) != bool(self.b_values):
            raise ValueError(
                "b_values go with diffusion and diffusion_map. "
                f"Received: kind={self.kind!r}, b_values={list(self.b_values)}"
            )
        if (self.kind == "inversion_recovery") != (self.inversion_time_ms is not None):
            raise ValueError(
                "inversion_time_ms goes with inversion_recovery. Received: "
                f"kind={self.kind!r}, inversion_time_ms={self.inversion_time_ms}"
            )
        if not set(self.planes) <= {"axial", "sagittal", "coronal"} or not self.planes:
            raise ValueError(
                "planes are of axial, sagittal, coronal. "
                f"Received: {', '.join(self.planes)}"
            )
        if not 0 < self.share <= 1:
            raise ValueError(f"share is above 0, at most 1. Received: {self.share}")


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """One scanner of one site, with its habits.

    Args:
        vendor: siemens, ge or philips: header habits of `pipelines.phantoms.vendors`.
        share: of the patients, before confounders.
        noise: against the sequence's own, above 1 = noisier.
        bias: standard deviation of the logarithm of the bias field.
        echo_factor: echo times against the plan's.
        odd_matrix: rows and columns are odd numbers.
        maps_carry_b: a diffusion map states a b-value, whatever the vendor.
        wrong_names: share of series that carry the name of another one.
        descriptions: by sequence, in place of the vendor's.
    """

    site: str
    vendor: Literal["siemens", "ge", "philips"]
    field_strength_t: float = 3.0
    share: float = 1.0
    noise: float = 1.0
    bias: float = 0.15
    echo_factor: float = 1.0
    odd_matrix: bool = False
    maps_carry_b: bool = False
    wrong_names: float = 0.0
    descriptions: Words = field(default_factory=dict)

    def __post_init__(self):
        if min(self.share, self.noise, self.echo_factor, self.field_strength_t) <= 0:
            raise ValueError(
                "share, noise, echo_factor and field_strength_t are above 0. Received: "
                f"{self.share}, {self.noise}, {self.echo_factor}, "
                f"{self.field_strength_t}"
            )
        if not 0 <= self.wrong_names <= 1:
            raise ValueError(
                f"wrong_names is a share, 0 to 1. Received: {self.wrong_names}"
            )


def descriptions(sequence: SequencePlan, hospital: Hospital) -> tuple[str, ...]:
    """What a hospital may call a sequence."""
    usual = sequence.descriptions.get(hospital.vendor, ())
    return hospital.descriptions.get(sequence.name, usual)
