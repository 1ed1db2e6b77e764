"""What may happen to the intensities of a training volume: settings alone."""

import math
from dataclasses import dataclass, fields

# Of each range what its values lie between, both included.
_LIMITS = {
    "gamma_exponent": (0.05, 20.0),
    "hue_turn": (-0.5, 0.5),
    "saturation_factor": (0.0, math.inf),
    "value_factor": (0.0, math.inf),
    "bias_field_strength": (0.0, 0.99),
    "contrast_factor": (0.0, math.inf),
    "brightness_shift": (-math.inf, math.inf),
    "blur_voxels": (0.0, math.inf),
    "sharpness_gain": (0.0, math.inf),
    "gibbs_kept": (0.1, 1.0),
    "ghosting_strength": (0.0, 1.0),
    "ghosting_copies": (2, math.inf),
    "noise_deviation": (0.0, math.inf),
    "rician_deviation": (0.0, math.inf),
}


@dataclass(frozen=True, kw_only=True)
class Intensity:
    """Random changes of intensities, in the order stated here; none by default.

    Each has a chance, between 0 and 1, to happen to a sample, and a range that its
    amount is drawn from, evenly: for each sequence apart where it is one of tone or
    noise, for all alike otherwise. Amounts are in units of the normalised intensities
    (with z-score: standard deviations). A sequence that is absent or constant stays 0.

    Args:
        gamma_chance: of (v - lowest) / (highest - lowest) to the power of an exponent,
            and back.
        gamma_exponent: above 1 = darker.
        hue_chance: that the colours turn that three sequences make as red, green and
            blue, each scaled from its lowest and highest to 0 and 1; for saturation
            and value too. Three sequences exactly; samples that lack one stay.
        hue_turn: share of the full circle.
        saturation_chance: of another saturation.
        saturation_factor: of the saturation, at most to 1.
        value_chance: of another value (the V of HSV).
        value_factor: of the value, at most to 1.
        bias_field_chance: of a smooth field, a cubic polynomial along each axis, that
            multiplies v - lowest; the same for all sequences.
        bias_field_strength: the field lies within 1 - strength and 1 + strength.
        contrast_chance: that v - mean is multiplied.
        contrast_factor: above 1 = more contrast.
        brightness_chance: that all voxels become brighter or darker alike.
        brightness_shift: what is added.
        blur_chance: of a Gaussian blur along height and width.
        blur_voxels: its standard deviation, in voxels.
        sharpness_chance: of sharpening along height and width.
        sharpness_gain: how much of what a blur of one voxel takes away is added.
        gibbs_chance: of ringing: the outer part of k-space is cut off.
        gibbs_kept: share of k-space that is kept, of height and of width.
        ghosting_chance: of faint copies of the body, shifted along height or width.
        ghosting_strength: how much every n-th line of k-space is weakened; its centre
            is not.
        ghosting_copies: that n, the number of copies, both limits included.
        noise_chance: of Gaussian noise.
        noise_deviation: its standard deviation.
        rician_chance: of Rician noise, that of magnitude images; the lowest intensity
            is the signal 0.
        rician_deviation: standard deviation in each of the two receive channels.
        channel_dropout_chance: of every sequence to be missing: 0, and not present.
            One always stays.
    """

    gamma_chance: float = 0.0
    gamma_exponent: tuple[float, float] = (0.7, 1.5)
    hue_chance: float = 0.0
    hue_turn: tuple[float, float] = (-0.1, 0.1)
    saturation_chance: float = 0.0
    saturation_factor: tuple[float, float] = (0.7, 1.3)
    value_chance: float = 0.0
    value_factor: tuple[float, float] = (0.7, 1.3)
    bias_field_chance: float = 0.0
    bias_field_strength: tuple[float, float] = (0.0, 0.4)
    contrast_chance: float = 0.0
    contrast_factor: tuple[float, float] = (0.75, 1.25)
    brightness_chance: float = 0.0
    brightness_shift: tuple[float, float] = (-0.2, 0.2)
    blur_chance: float = 0.0
    blur_voxels: tuple[float, float] = (0.5, 1.0)
    sharpness_chance: float = 0.0
    sharpness_gain: tuple[float, float] = (0.0, 1.0)
    gibbs_chance: float = 0.0
    gibbs_kept: tuple[float, float] = (0.5, 0.9)
    ghosting_chance: float = 0.0
    ghosting_strength: tuple[float, float] = (0.1, 0.4)
    ghosting_copies: tuple[int, int] = (2, 5)
    noise_chance: float = 0.0
    noise_deviation: tuple[float, float] = (0.0, 0.1)
    rician_chance: float = 0.0
    rician_deviation: tuple[float, float] = (0.0, 0.1)
    channel_dropout_chance: float = 0.0

    def __post_init__(self):
        for name, chance in self._chances().items():
            if not 0 <= chance <= 1:
                raise ValueError(
                    f"intensity.{name} is a chance between 0 and 1. Received: {chance}"
                )
        for name, (lowest, highest) in _LIMITS.items():
            first, last = getattr(self, name)
            if not lowest <= first <= last <= highest:
                raise ValueError(
                    f"intensity.{name} is from, to within {lowest}..{highest}. "
                    f"Received: {(first, last)}"
                )

    @property
    def changes(self) -> bool:
        """Whether anything may happen."""
        return any(self._chances().values())

    @property
    def colours(self) -> bool:
        """Whether hue, saturation or value may change."""
        return self.hue_chance + self.saturation_chance + self.value_chance > 0

    def _chances(self) -> dict[str, float]:
        names = [one.name for one in fields(self) if one.name not in _LIMITS]
        return {name: getattr(self, name) for name in names}
