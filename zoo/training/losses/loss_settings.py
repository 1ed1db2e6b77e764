"""What a recipe may say of the losses of a task's targets."""

from collections.abc import Sequence

from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation
from zoo.targets.kinds import able
from zoo.targets.target_output import TargetOutput

_OF_SOME_KINDS = ("label_smoothing", "focal_gamma", "class_weights", "regression_loss")


def check(target_outputs: Sequence[TargetOutput], optimisation: Optimisation) -> None:
    """Raises a UsageError for a setting that no target of the task can follow.

    Args:
        target_outputs: the main one first.
    """
    kinds = [target_output.kind for target_output in target_outputs]
    names = ", ".join(kind.name for kind in kinds)
    for setting in _OF_SOME_KINDS:
        changed = getattr(optimisation, setting) != getattr(Optimisation(), setting)
        if changed and not any(setting in kind.settings for kind in kinds):
            raise UsageError(
                f"optimisation.{setting} is for targets of kind "
                f"{', '.join(able(setting))}. Received: {names}. Leave it out"
            )
    if optimisation.balance and "balance" not in kinds[0].settings:
        raise UsageError(
            "optimisation.balance shares out the classes of the main target. Received: "
            f"one of kind {kinds[0].name}. Leave it out"
        )
    if len(optimisation.target_weights) not in (0, len(kinds)):
        raise UsageError(
            "optimisation.target_weights wants one weight for each target. Received: "
            f"{len(optimisation.target_weights)} for {len(kinds)}"
        )
