"""What is set at the scanner for each series."""

from dataclasses import dataclass

Vector = tuple[float, float, float]
_SIX_DIRECTIONS = tuple(
    tuple(x / 2**0.5 for x in direction)
    for direction in (
        *((1.0, 1.0, 0.0), (1.0, -1.0, 0.0), (1.0, 0.0, 1.0)),
        *((1.0, 0.0, -1.0), (0.0, 1.0, 1.0), (0.0, 1.0, -1.0)),
    )
)


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """How one picture is weighted by diffusion.

    Args:
        b_value: in s/mm2.
        direction: of the gradient (LPS); none = b is 0, or the picture is isotropic.
    """

    b_value: int
    direction: Vector | None = None


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """What is set at the scanner for one series.

    Args:
        b_values: in s/mm2; empty = no diffusion weighting.
        directions: of the gradient (LPS), each with every b-value above 0; empty = the
            pictures are isotropic.
        isotropic: with directions, also their isotropic picture at every b-value.
        diffusion_map: the picture is the diffusion coefficient, in 1e-6 mm2/s.
        fat_saturation: fat keeps a tenth of its signal.
        contrast: lesion pattern against the signal of liver.
        fineness: matrix against that of the plan.
        few_slices: how many, 9 mm apart; none = as the plan says.
        signal_to_noise: of liver.
        scanning_sequence: ScanningSequence; empty = as `image_headers` has it.
        inversion_time_ms: of an inversion recovery.
        contrast_agent: given before.
        map_b_value: the b-value that a vendor may state on a diffusion map.
        any_vendor_states_it: on a diffusion map, not Siemens alone.
    """

    name: str
    planes: tuple[str, ...] = ("axial",)
    echo_time_ms: float
    repetition_time_ms: float
    b_values: tuple[int, ...] = ()
    directions: tuple[Vector, ...] = ()
    isotropic: bool = False
    diffusion_map: bool = False
    fat_saturation: bool = False
    contrast: float = 0.5
    fineness: float = 1.0
    few_slices: int | None = None
    signal_to_noise: float = 20.0
    scanning_sequence: tuple[str, ...] = ()
    inversion_time_ms: float | None = None
    contrast_agent: bool = False
    map_b_value: int = 800
    any_vendor_states_it: bool = False

    @property
    def weightings(self) -> tuple[Weighting, ...]:
        """The pictures of a diffusion protocol, in order."""
        isotropic = (None,) if self.isotropic or not self.directions else ()
        return tuple(
            Weighting(b_value=b, direction=direction)
            for b in self.b_values
            for direction in ((*isotropic, *self.directions) if b else (None,))
        )


PROTOCOLS = {
    "T2WI": Protocol(name="T2WI", echo_time_ms=62.0, repetition_time_ms=3600.0),
    "T1WI": Protocol(
        name="T1WI", echo_time_ms=9.0, repetition_time_ms=420.0, contrast=0.45
    ),
    "DWI": Protocol(
        name="DWI",
        echo_time_ms=58.0,
        repetition_time_ms=5200.0,
        b_values=(50, 400, 800),
        fat_saturation=True,
        contrast=0.4,
        fineness=0.75,
    ),
    "ADC": Protocol(
        name="ADC",
        echo_time_ms=58.0,
        repetition_time_ms=5200.0,
        diffusion_map=True,
        fineness=0.75,
    ),
    "DTI": Protocol(
        name="DTI",
        echo_time_ms=70.0,
        repetition_time_ms=6100.0,
        b_values=(0, 800),
        directions=_SIX_DIRECTIONS,
        fat_saturation=True,
        contrast=0.4,
        fineness=0.75,
    ),
    "LOCALIZER": Protocol(
        name="LOCALIZER",
        planes=("axial", "sagittal", "coronal"),
        echo_time_ms=5.0,
        repetition_time_ms=300.0,
        fineness=0.5,
        few_slices=3,
    ),
    "T2_SAGITTAL": Protocol(
        name="T2_SAGITTAL",
        planes=("sagittal",),
        echo_time_ms=62.0,
        repetition_time_ms=3600.0,
        fineness=0.75,
        few_slices=7,
    ),
}
