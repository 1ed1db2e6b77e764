"""What last stage a user asks for, and which targets can have one."""

from dataclasses import dataclass

from pipelines.errors import UsageError
from zoo.evaluation.decisions.operating_point import Rule
from zoo.evaluation.rejection import conformal
from zoo.evaluation.rejection.rule_fit import RejectRequest
from zoo.runs.run import Run

_INSTEAD = {
    True: "Of labels that may stand beside others several are right at once, so no set "
    "of them holds the right one. How well each label is calibrated as it is, "
    "python -m zoo.evaluate says",
    False: "A number is no probability: python -m zoo.evaluate gives its bias and "
    "limits of agreement",
}


@dataclass(frozen=True, kw_only=True)
class StageRequest:
    """A last stage that is to be fitted.

    Args:
        scaling: one of `calibration.scaling.SCALINGS`.
        rule: of the operating point; none = the label is the most probable class.
        event: of the operating point, empty where there is none.
        reject: the rule by which a sample is unknown; none = every sample is known.
        sets: coverage wanted of each class by its sets; none = no sets.
    """

    scaling: str
    rule: Rule | None = None
    event: tuple[str, ...] = ()
    reject: RejectRequest | None = None
    sets: float | None = None

    def __post_init__(self):
        if self.sets is not None:
            conformal.check_level(self.sets)


def check_target(run: Run) -> None:
    """Raises a UsageError for a run whose main target has no classes."""
    (main, *_) = run.target_outputs
    if not main.kind.single_label:
        raise UsageError(
            "a last stage is for classes and grades. Received: a main target of kind "
            f"{main.target.kind}, of {run.path}. {_INSTEAD[main.kind.binary]}"
        )


def check_reject(run: Run, reject: RejectRequest | None) -> None:
    """Raises a UsageError for a rule that the run's target has no numbers for."""
    (main, *_) = run.target_outputs
    if reject is not None and reject.name == "energy" and main.kind.ordered:
        raise UsageError(
            "the energy of grades is 0 of every sample, since their logits are "
            "logarithms of probabilities. Choose --reject largest or mahalanobis"
        )
