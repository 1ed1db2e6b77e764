"""A small plan of one sequence, for tests."""

import dataclasses

from pipelines.phantoms import plans
from pipelines.phantoms.plans.study_plan import Quick, StudyPlan


def plan(name: str = "liver_fibrosis", **changes: object) -> StudyPlan:
    """The shipped plan with few patients of few voxels and its first sequence."""
    shipped = plans.load(name)
    sequences = shipped.sequences[:1]
    kept = {sequence.name for sequence in sequences}
    signs = tuple(
        dataclasses.replace(
            sign, gains=sign.gains and {k: sign.gains[k] for k in kept & {*sign.gains}}
        )
        for sign in shipped.signs
    )
    values = {
        "quick": Quick(patients=6, slices=(8, 9), matrix=(32, 40)),
        "sequences": sequences,
        "signs": signs,
        "left_out": (),
        **changes,
    }
    return dataclasses.replace(shipped, **values)
