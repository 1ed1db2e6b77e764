"""What a plan can't mend, in plain words."""

import math
from collections.abc import Iterator

from zoo.planning.plan import Plan

_SMALL_CLASS = 20  # below, the interval of a sensitivity is wider than .35
_ANISOTROPIC = 3.0  # distance of slices to that of pixels
_TRIED_VOXELS = (20_000, 60_000)  # 28x28x28 to 12x64x64
_TRIED_KINDS = {
    "classification": True,
    "multilabel": False,
    "ordinal": False,
    "regression": False,
}
_TRIED_PATIENTS = (30, 1_500)


def of(plan: Plan) -> tuple[str, ...]:
    """One sentence each, the gravest first."""
    return (
        *_of_classes(plan),
        *_of_grid(plan),
        *_of_what_is_left_out(plan),
        *_of_what_was_not_tried(plan),
    )


def _of_classes(plan: Plan) -> Iterator[str]:
    facts = plan.facts
    if facts.has_auc and not facts.every_class_validates:
        yield (
            "A class has no validation patient in some fold: the epoch is chosen by "
            "the loss. More patients, or fewer folds, give the AUC back."
        )
    judged = facts.classes.get("test") or {}
    if not sum(judged.values()):
        judged = facts.classes.get("validation") or {}
    pooled = facts.folds if facts.split == "folds" else 1
    if judged and max(judged.values()):
        name, few = min(judged.items(), key=lambda item: item[1])
        few *= pooled
        if few < _SMALL_CLASS:
            half = 1.96 * math.sqrt(0.16 / max(few, 1))
            yield (
                f"Some {few} samples of {name} judge the network: intervals will be "
                f"wide (a sensitivity of 0.8 is known to within about {half:.2f})."
            )
    if facts.imbalance >= 3 and facts.has_auc:
        yield (
            f"The largest class has {facts.imbalance:.1f} times the training samples "
            "of the smallest: judge by the AUC, not by the accuracy."
        )


def _of_grid(plan: Plan) -> Iterator[str]:
    depth, *plane = plan.facts.spacing_mm
    if depth >= _ANISOTROPIC * min(plane):
        yield (
            f"Slices are {depth:.1f} mm apart and pixels {min(plane):.1f} mm: kernels "
            "of three dimensions take the far for near. Compare with a network of "
            "slices (--arch resnet18), which in turn sees nothing through the plane."
        )


def _of_what_is_left_out(plan: Plan) -> Iterator[str]:
    facts, recipe = plan.facts, plan.recipe
    if not recipe.augmentation.spatial.flip:
        yield (
            "Whether sides matter can't be known from the data, so nothing is "
            "mirrored. If no class is a matter of sides: --mirror and the axes."
        )
    if facts.covariates:
        yield (
            f"Covariates are not used ({', '.join(facts.covariates)}): "
            "--head.covariates of zoo.train names those that are to be."
        )
    if facts.unlabelled:
        yield (
            f"{facts.unlabelled} samples without a label are not used: MixMatch "
            "(--mixmatch.weight of zoo.train) can learn from them."
        )


def _of_what_was_not_tried(plan: Plan) -> Iterator[str]:
    facts = plan.facts
    beyond = []
    if not _TRIED_VOXELS[0] <= facts.voxels <= _TRIED_VOXELS[1]:
        beyond.append(f"{facts.voxels} voxels")
    if not _TRIED_PATIENTS[0] <= facts.patients <= _TRIED_PATIENTS[1]:
        beyond.append(f"{facts.patients} training patients")
    if not _TRIED_KINDS[facts.kind]:
        beyond.append(f"a target of kind {facts.kind}")
    if facts.further_targets:
        beyond.append("several targets")
    if facts.device.gpu:
        beyond.append("a GPU")
    if beyond:
        yield (
            f"No rule was tried on {', '.join(beyond)}: take the plan as a start, and "
            "compare on the validation split."
        )
