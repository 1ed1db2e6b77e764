"""The last stage of a run in words."""

from zoo.evaluation.calibration import scaling
from zoo.evaluation.calibration.scaling import TemperatureScaling
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.rejection import rules


def described(stage: LastStage, name: str = "") -> str:
    """A line for each part.

    Args:
        name: of the fold; "" = of a run.
    """
    on = stage.fitted_on
    counts = ", ".join(f"{c} {n}" for c, n in on.samples_per_class.items())
    start = f"{name}: " if name else ""
    lines = [
        f"{start}fitted on {on.samples} validation samples of {on.patients} patients "
        f"({counts})",
        f"scaling: {scaling.name_of(stage.scaling)}{_numbers(stage)}",
    ]
    point = stage.operating_point
    if point is None:
        lines.append("label: the most probable class")
    else:
        lines.append(
            f"label: {' or '.join(point.event)} from a probability of "
            f"{point.threshold:.4g} on ({point.rule}; validation sensitivity "
            f"{point.sensitivity:.3f}, specificity {point.specificity:.3f})"
        )
    if stage.reject is not None:
        lines.append(
            f"unknown: a score below {stage.reject.threshold:.4g} "
            f"({rules.name_of(stage.reject)})"
        )
    return "\n".join(lines)


def _numbers(stage: LastStage) -> str:
    if isinstance(stage.scaling, TemperatureScaling):
        return f", T = {stage.scaling.temperature:.4g}"
    return ""
