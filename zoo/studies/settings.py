"""What was done otherwise than in the paper, and the settings of every training."""

from typing import Any

from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe, load
from zoo.studies import final_recipes
from zoo.studies.request import Request
from zoo.studies.study import Deviation


def settings(request: Request, recipes: dict[str, Recipe]) -> dict[str, Any]:
    """Deviations from the paper, then what each training changed."""
    deviations = [*request.study.deviation, *_of_the_call(request)]
    return {
        "deviations": [config_files.plain(deviation) for deviation in deviations],
        "trainings": [
            {
                "name": training.name,
                "note": training.note,
                "recipe": training.recipe,
                "arch": recipes[training.name].arch,
                "weights": recipes[training.name].weights,
                "epochs": recipes[training.name].optimisation.epochs,
                "changed": _changed(load(training.recipe), recipes[training.name]),
            }
            for training in request.trainings
        ],
    }


def _changed(shipped: Recipe, trained: Recipe) -> dict[str, str]:
    before = final_recipes.flat(config_files.plain(shipped))
    now = final_recipes.flat(config_files.plain(trained))
    names = sorted({*before, *now})
    return {n: str(now.get(n)) for n in names if before.get(n) != now.get(n)}


def _of_the_call(request: Request) -> list[Deviation]:
    said = []
    if request.kind == "phantom":
        said.append(_deviation("patients", "real", "invented", "--phantom"))
    if request.quick:
        changed = final_recipes.flat(request.study.quick_task)
        here = ", ".join(f"{name} = {value}" for name, value in changed.items())
        here = here or "fewer patients and epochs"
        said.append(_deviation("size of it all", "the paper's", here, "--quick"))
    if request.without_weights:
        said.append(
            _deviation("weights", "as the recipes say", "none", "--weights none")
        )
    return said


def _deviation(setting: str, paper: str, here: str, reason: str) -> Deviation:
    return Deviation(setting=setting, paper=paper, here=here, reason=reason)
