"""What a trial of bfloat16 is asked, as it goes from one process to the other."""

import json
from dataclasses import dataclass

from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class TrialRequest:
    """A recipe, and the D, H, W, C of the volumes that its network is to see."""

    recipe: Recipe
    shape: tuple[int, int, int, int]


def to_json(request: TrialRequest) -> str:
    """The request on one line."""
    recipe = config_files.plain(request.recipe)
    return json.dumps({"recipe": recipe, "shape": request.shape})


def from_json(text: str) -> TrialRequest:
    """The request that `to_json` wrote."""
    content = json.loads(text)
    return TrialRequest(
        recipe=config_files.build(Recipe, content["recipe"], name="the recipe"),
        shape=tuple(content["shape"]),
    )
