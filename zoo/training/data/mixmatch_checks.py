"""Whether a run can learn from samples without a label."""

from pipelines.augment.augmentation import NONE
from pipelines.batches.depth import candidates
from pipelines.batches.selection import shards_of
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from zoo.recipes.recipe import Recipe
from zoo.targets.kinds import able
from zoo.targets.target_output import outputs_of_task


def check(recipe: Recipe, data: DataSet, fold: str | None, rank: int) -> None:
    """Holds a recipe that learns from unlabelled samples against what that wants.

    Args:
        rank: of the network, 2 or 3.

    Raises:
        UsageError: another target than classes, several targets, or copies without a
            change to tell them apart: of whole volumes, or of all slices there are.
        DataError: the data set has no unlabelled samples.
    """
    if not recipe.mixmatch.learns:
        return
    kinds = [output.kind for output in outputs_of_task(data.task)]
    if len(kinds) > 1 or "mixmatch" not in kinds[0].settings:
        raise UsageError(
            f"mixmatch learns one target of kind {', '.join(able('mixmatch'))}. "
            f"Received: {', '.join(kind.name for kind in kinds)}. Leave "
            "--mixmatch.weight out"
        )
    shards_of(data, "unlabelled", fold)
    same_draws = rank == 3 or _all_are_drawn(recipe, data)
    if same_draws and recipe.mixmatch.copies > 1 and recipe.augmentation == NONE:
        raise UsageError(
            "without augmentation all copies of an unlabelled study are the same. Name "
            "one by --augment or single settings of it, or take --mixmatch.copies 1. "
            f"Received: mixmatch.copies={recipe.mixmatch.copies}"
        )


def _all_are_drawn(recipe: Recipe, data: DataSet) -> bool:
    """Whether every draw of slices is the same: all there are."""
    depth = data.task.grid.shape[0]
    return recipe.slices.train >= len(candidates(depth, recipe.slices.depth))


def check_devices(recipe: Recipe, devices: int) -> None:
    """Raises a UsageError where several devices would share a union of samples."""
    if recipe.mixmatch.learns and devices > 1:
        raise UsageError(
            "mixmatch goes with one device: samples of a batch are mixed with each "
            f"other, wherever they are. Received: --devices {devices}"
        )
