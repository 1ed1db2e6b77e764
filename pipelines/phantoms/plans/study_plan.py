"""The plan of a study's cohort: what a TOML file in this folder says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipelines.phantoms.plans.cohort_plan import (
    Confounder,
    Covariate,
    FurtherTarget,
    LeftOut,
    SignPlan,
)
from pipelines.phantoms.plans.sequence_plan import (
    Hospital,
    SequencePlan,
    descriptions,
)
from pipelines.storage.config_files import digest

Anatomy = Literal["abdomen", "brain", "pelvis"]
DEFAULT_SCALE = 0.1


@dataclass(frozen=True, kw_only=True)
class Quick:
    """A small cohort, to see that all of it runs."""

    patients: int
    slices: tuple[int, int]
    matrix: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """A study's cohort.

    Args:
        task: shipped task that ingests it.
        source: where its figures are from, what is the project's own choice.
        patients: at scale 1, those that the task takes.
        least: never fewer patients, whatever the scale.
        prevalence: share of each class.
        unit: what has a class: the patient, or each series (labels.csv then says the
            sequence of each).
        mask: organ whose extent is written as a mask.
        slices, matrix: lowest and highest number of slices and columns.
        field_mm, depth_mm: lowest and highest extent of a stack.
        left_out: further patients whom the task does not take.
    """

    name: str
    task: str
    source: str
    anatomy: Anatomy
    patients: int
    least: int = 40
    classes: tuple[str, ...]
    prevalence: tuple[float, ...]
    unit: Literal["patient", "series"] = "patient"
    mask: str | None = None
    slices: tuple[int, int]
    matrix: tuple[int, int]
    field_mm: tuple[float, float]
    depth_mm: tuple[float, float]
    quick: Quick
    sequences: tuple[SequencePlan, ...]
    hospitals: tuple[Hospital, ...]
    signs: tuple[SignPlan, ...] = ()
    targets: tuple[FurtherTarget, ...] = ()
    covariates: tuple[Covariate, ...] = ()
    confounders: tuple[Confounder, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self):
        if len(self.classes) < 2 or len(self.prevalence) != len(self.classes):
            raise ValueError(
                "classes are two or more, with a prevalence each. Received: "
                f"classes={list(self.classes)}, prevalence={list(self.prevalence)}"
            )
        if min(self.prevalence) <= 0 or abs(sum(self.prevalence) - 1) > 0.01:
            raise ValueError(
                "prevalence is above 0 and sums to 1. "
                f"Received: {list(self.prevalence)}"
            )
        if min(self.patients, self.least, self.quick.patients) < 2 * len(self.classes):
            raise ValueError(
                "patients, least and quick.patients are two a class or more. "
                f"Received: {self.patients}, {self.least}, {self.quick.patients}"
            )
        for slices, matrix in (
            (self.slices, self.matrix),
            (self.quick.slices, self.quick.matrix),
        ):
            if not (4 <= slices[0] <= slices[1] and 16 <= matrix[0] <= matrix[1]):
                raise ValueError(
                    "slices and matrix are lowest, highest, at least 4 and 16. "
                    f"Received: {list(slices)}, {list(matrix)}"
                )
        if not self.sequences or not self.hospitals:
            raise ValueError("a plan has sequences and hospitals. Received: none")
        self._check_names()

    def _check_names(self) -> None:
        names = [sequence.name for sequence in self.sequences]
        columns = ["label", *(target.name for target in self.targets)]
        covariates = [covariate.name for covariate in self.covariates]
        repeated = [*names, *columns, *covariates]
        for name in repeated:
            if repeated.count(name) > 1:
                raise ValueError(f"names differ. Received: {name} twice")
        for sign in self.signs:
            _check_known("signs.target", [sign.target], columns)
            _check_known("signs.gains", sign.gains or (), names)
        for row in self.left_out:
            _check_known("left_out.sequences", row.sequences, names)
        for row in self.confounders:
            _check_known(
                "confounders.covariate", filter(None, [row.covariate]), covariates
            )
        for row in (*self.targets, *self.covariates):
            if len(row.shares or row.means) != len(self.classes):
                raise ValueError(
                    f"{row.name} has a value for each of the {len(self.classes)} "
                    f"classes. Received: {list(row.shares or row.means)}"
                )
        for sequence in self.sequences:
            _check_known("sequences.geometry", filter(None, [sequence.geometry]), names)
            for hospital in self.hospitals:
                if not descriptions(sequence, hospital):
                    raise ValueError(
                        f"sequence {sequence.name} has no description for "
                        f"{hospital.vendor}. Name one in sequences.descriptions"
                    )

    def number_of_patients(self, *, scale: float, quick: bool) -> int:
        """How many patients the task takes."""
        if quick:
            return self.quick.patients
        return max(self.least, round(self.patients * scale))

    def number_left_out(self, row: LeftOut, *, scale: float, quick: bool) -> int:
        """How many of the patients of a row of `left_out` are drawn, at least one."""
        taken = self.number_of_patients(scale=scale, quick=quick)
        return max(1, round(row.patients * taken / self.patients))

    def root(self, *, scale: float, quick: bool, seed: int) -> str:
        """Digest of what makes the pixels, the root of every UID."""
        return digest([digest(self), scale, quick, seed])


def _check_known(key: str, received: Iterable[str], known: list[str]) -> None:
    for name in received:
        if name not in known:
            raise ValueError(
                f"{key} names one of {', '.join(known) or 'none'}. Received: {name}"
            )
