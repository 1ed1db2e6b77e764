"""A plan with the size and the seed that a cohort of it is drawn with."""

from dataclasses import dataclass

from pipelines.phantoms.plans.study_plan import StudyPlan


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
