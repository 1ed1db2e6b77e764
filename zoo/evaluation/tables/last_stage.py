"""The last stage of a run in words."""

from zoo.evaluation.calibration import scaling
from zoo.evaluation.calibration.scaling import TemperatureScaling
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.rejection import conformal, rules


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
    if stage.sets is not None:
        lines += _of_sets(stage)
    return "\n".join(lines)


def _of_sets(stage: LastStage) -> list[str]:
    """From which probabilities on classes are in a set, and which always are."""
    level, counts = stage.sets.level, stage.fitted_on.samples_per_class
    needed = conformal.samples_needed(level)
    cuts = [
        f"{name} {lowest:.4g}"
        for name, lowest in zip(stage.classes, stage.sets.lowest)
        if name not in stage.too_few
    ]
    lines = [
        f"sets: {100 * level:g} % of each class wanted; in a set from an uncalibrated "
        f"probability on of: {', '.join(cuts) or 'no class'}"
    ]
    lines += [
        f"too few validation samples of {name} for {100 * level:g} %: "
        f"{counts.get(name, 0)} of {needed}. It is in every set"
        for name in stage.too_few
    ]
    return lines


def _numbers(stage: LastStage) -> str:
    if isinstance(stage.scaling, TemperatureScaling):
        return f", T = {stage.scaling.temperature:.4g}"
    return ""
