"""What a phantom cohort is to be."""

from dataclasses import dataclass

from pipelines.phantoms import signs
from pipelines.storage.config_files import digest

SEQUENCES = ("T2WI", "T1WI", "DWI", "ADC", "DTI")
FORMS = ("classic", "enhanced", "mosaic")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a phantom cohort is.

    The same seed gives the same patients, whatever the number of them and whichever
    sequences are wanted: a larger cohort extends a smaller one.

    Args:
        patients: how many; every two of them have one of each class.
        sign: a name in `signs.SIGNS`.
        sequences: of `SEQUENCES`; ADC and DWI share their geometry.
        form: of the files: `"classic"` (one a slice), `"enhanced"` (one a series
            and matrix) or
            `"mosaic"` (classic, but with Siemens one a volume of the DTI).
        slices: lowest and highest number of axial slices.
        matrix: lowest and highest number of columns of an axial T2WI slice.
        bias: standard deviation of the logarithm of the bias field.
        disarranged: descriptions, times and places of files are as in a collection of
            several hospitals, see `pipelines.phantoms.disorder`.
    """

    patients: int = 120
    sign: str = "texture"
    sequences: tuple[str, ...] = ("T2WI",)
    form: str = "classic"
    slices: tuple[int, int] = (20, 28)
    matrix: tuple[int, int] = (112, 144)
    bias: float = 0.15
    seed: int = 0
    disarranged: bool = False

    def __post_init__(self):
        if self.patients < 2:
            raise ValueError(
                "a cohort wants 2 patients or more, one of each class. "
                f"Received: patients={self.patients}"
            )
        if self.sign not in signs.SIGNS:
            raise ValueError(
                f"sign is one of {', '.join(signs.SIGNS)}. Received: {self.sign!r}"
            )
        if (
            not self.sequences
            or len(set(self.sequences)) != len(self.sequences)
            or not set(self.sequences) <= set(SEQUENCES)
        ):
            raise ValueError(
                f"sequences are different ones of {', '.join(SEQUENCES)}. "
                f"Received: {self.sequences}"
            )
        if self.form not in FORMS:
            raise ValueError(
                f"form is one of {', '.join(FORMS)}. Received: {self.form!r}"
            )
        for name, least in (("slices", 4), ("matrix", 16)):
            low, high = getattr(self, name)
            if not least <= low <= high:
                raise ValueError(
                    f"{name} is lowest, highest, at least {least}. "
                    f"Received: {(low, high)}"
                )
        if self.bias < 0 or self.seed < 0:
            raise ValueError(
                "bias and seed are not negative. "
                f"Received: bias={self.bias}, seed={self.seed}"
            )

    @property
    def root(self) -> str:
        """Digest of what makes the pixels, the root of every UID."""
        return digest([self.sign, self.slices, self.matrix, self.bias, self.seed])
