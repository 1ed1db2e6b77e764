"""The recipes that a study trains with: edited, quick, and their weights at hand."""

from typing import Any

from pipelines.errors import UsageError
from zoo.architectures import registry
from zoo.recipes import edit, recipe
from zoo.recipes.recipe import Recipe
from zoo.recipes.transfer import Transfer
from zoo.studies.request import Request
from zoo.studies.study import Training
from zoo.weights.published import cache, directories, sources


def recipes(request: Request) -> dict[str, Recipe]:
    """The recipe of every training that is done, by its name.

    Raises:
        UsageError: a change that the recipe refuses, or ImageNet weights that are not
            at hand; the message says which file to put where.
        DataError: a recipe file that can't be read.
    """
    made = {training.name: _recipe(training, request) for training in request.trainings}
    _check_weights(made, request)
    return made


def _recipe(training: Training, request: Request) -> Recipe:
    changes = flat(training.changes)
    if request.quick:
        changes |= flat(training.quick)
    try:
        edited = edit.edit_all(recipe.load(training.recipe), changes)
        return from_scratch(edited) if request.without_weights else edited
    except UsageError as error:
        raise UsageError(
            f"study {request.name}, training {training.name}: {error}"
        ) from error


def flat(changes: dict[str, Any]) -> dict[str, Any]:
    """Fields by their dotted names: TOML reads `a.b = 1` as a table in a table.

    >>> flat({"optimisation": {"epochs": 2}, "seed": 1})
    {'optimisation.epochs': 2, 'seed': 1}
    """
    names: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, dict):
            names |= {f"{name}.{below}": v for below, v in flat(value).items()}
        else:
            names[name] = value
    return names


def from_scratch(trained: Recipe) -> Recipe:
    """The recipe without pretrained weights, and without what goes with these alone."""
    if trained.weights == "none":
        return trained
    return edit.edit_all(
        trained,
        {
            "weights": "none",
            "head.pretrained": False,
            **{f"transfer.{k}": v for k, v in vars(Transfer()).items()},
        },
    )


def _check_weights(made: dict[str, Recipe], request: Request) -> None:
    wanted = {r.arch for r in made.values() if r.weights == "imagenet"}
    lacking = [arch for arch in sorted(wanted) if not _at_hand(arch)]
    if not lacking:
        return
    files = "; ".join(
        f"{arch}: {' or '.join(s.file_name for s in _sources(arch))}"
        for arch in lacking
    )
    raise UsageError(
        f"study {request.name} begins from ImageNet weights that are not here. Put "
        f"into {directories.directories()[0]} (or name their directory by "
        f"{directories.VARIABLE}) {files}; python -m zoo.weights fetch NAME gets them. "
        "Or train every network from scratch, which the page will say: --weights none"
    )


def _sources(arch: str) -> tuple:
    return sources.get(registry.get(arch).family)


def _at_hand(arch: str) -> bool:
    return any(cache.here(source) is not None for source in _sources(arch))
