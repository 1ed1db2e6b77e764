"""Who is in a study: targets, covariates, confounders and who is left out."""

from dataclasses import dataclass
from typing import Literal

SIGN_KINDS = ("nodules", "islands", "surface", "rim")
FEW_SLICES = 6  # of every series of who has too few
SMALL_MATRIX = 40  # columns of every series of who has too small a matrix


@dataclass(frozen=True, kw_only=True)
class SignPlan:
    """What the pictures show of a target.

    Each patient has a severity, normal with standard deviation 1 about 0 in the first
    class and about `strength` in the last: so no reader has an AUC above
    `Phi(strength / sqrt 2)`, and 0 shows nothing. Mean and spread of the signal in the
    organ are the same at every severity.

    Args:
        kind: see `pipelines.phantoms.graded_signs`.
        target: column of labels.csv that it shows.
        organ: that bears it.
        strength: how many standard deviations the classes lie apart.
        gains: by sequence, standard deviation of the signal against its mean.
        fine_mm, coarse_mm: wavelengths, lowest and highest, at the highest and the
            lowest severity.
    """

    kind: Literal["nodules", "islands", "surface", "rim"]
    target: str = "label"
    organ: str
    strength: float
    gains: dict[str, float] | None = None
    fine_mm: tuple[float, float] = (12.0, 18.0)
    coarse_mm: tuple[float, float] = (28.0, 45.0)

    def __post_init__(self):
        if self.strength < 0:
            raise ValueError(f"strength is not negative. Received: {self.strength}")
        if (self.kind == "surface") != (self.gains is None):
            raise ValueError(
                "gains go with every kind of sign but surface. Received: "
                f"kind={self.kind!r}, gains={self.gains}"
            )


@dataclass(frozen=True, kw_only=True)
class FurtherTarget:
    """A further column of labels.csv that can be a target.

    Args:
        shares: of yes, by class; else
        means, deviation: of a number, by class.
        low, high: where numbers end.
        choices: the two words, for no and yes.
    """

    name: str
    shares: tuple[float, ...] = ()
    means: tuple[float, ...] = ()
    deviation: float = 1.0
    low: float = 0.0
    high: float = 1e9
    decimals: int = 1
    choices: tuple[str, str] = ("0", "1")

    def __post_init__(self):
        if bool(self.shares) == bool(self.means):
            raise ValueError(
                f"{self.name} has shares (of yes) or means, by class, not both. "
                f"Received: shares={list(self.shares)}, means={list(self.means)}"
            )
        if self.shares and not all(0 <= share <= 1 for share in self.shares):
            raise ValueError(f"shares are 0 to 1. Received: {list(self.shares)}")


@dataclass(frozen=True, kw_only=True)
class Covariate(FurtherTarget):
    """What is known of a patient beside the pictures.

    Args:
        organ, growth: its part of the anatomy is larger by this share for each standard
            deviation of the number (a yes counts as one above, a no as one below).
    """

    choices: tuple[str, str] = ("no", "yes")
    organ: str | None = None
    growth: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Confounder:
    """What goes with the class though it is no sign of it.

    Args:
        kind: scanner (each hospital's), site, or a covariate.
        strength: -1 to 1: how much likelier patients of the last class are at the
            hospitals named last (or have the covariate); 0 = not at all.
        covariate: its name, of that kind.
    """

    kind: Literal["scanner", "site", "covariate"]
    strength: float
    covariate: str | None = None

    def __post_init__(self):
        if not -1 <= self.strength <= 1:
            raise ValueError(f"strength is -1 to 1. Received: {self.strength}")
        if (self.kind == "covariate") != (self.covariate is not None):
            raise ValueError(
                "covariate goes with kind = 'covariate'. Received: "
                f"kind={self.kind!r}, covariate={self.covariate}"
            )


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Patients whom the task does not take, at scale 1.

    Args:
        why: no_images; coronal (instead of axial), few_slices, small_matrix: of every
            series; missing: one of the sequences; no_label: pictures as all others
            have, and empty cells in the columns of targets.
        sequences: of which one is missing.
    """

    patients: int
    why: Literal[
        "no_images", "coronal", "few_slices", "small_matrix", "missing", "no_label"
    ]
    sequences: tuple[str, ...] = ()

    def __post_init__(self):
        if self.patients < 1:
            raise ValueError(f"patients are 1 or more. Received: {self.patients}")
        if (self.why == "missing") != bool(self.sequences):
            raise ValueError(
                "sequences go with why = 'missing'. Received: "
                f"why={self.why!r}, sequences={list(self.sequences)}"
            )
