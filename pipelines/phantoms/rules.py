"""The task of a phantom cohort: the shipped one, with a rule for each sequence."""

import dataclasses

from pipelines.phantoms import signs
from pipelines.phantoms.plan import Plan
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Task, load

_RULES = {
    "T2WI": Match(description="T2", plane="axial"),
    "T1WI": Match(description="T1", plane="axial"),
    "DWI": Match(
        not_description="DTI",
        b_value=(500, 2000),
        not_image_type=("ADC",),
        plane="axial",
    ),
    "ADC": Match(image_type=("ADC",), plane="axial"),
    "DTI": Match(description="DTI", b_value=(500, 2000), plane="axial"),
}


def task(plan: Plan) -> Task:
    """The task that `pipelines.ingest` needs for the cohort of `plan`."""
    return dataclasses.replace(
        load("phantom"),
        description=(
            f"Synthetic phantoms, sign {plan.sign}, seed {plan.seed}: "
            f"{plan.patients} invented patients"
        ),
        sequences=tuple(
            Sequence(
                name=name,
                match=_RULES[name],
                directions="trace" if name == "DTI" else None,
            )
            for name in plan.sequences
        ),
        target=Target(classes=signs.CLASSES),
    )
