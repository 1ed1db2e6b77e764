"""What is kept of a fold: a directory that appears whole.

recipe.toml       complete, with what the recipe left to the device or to a range test
history.csv       as of a run
predictions.csv   of the validation split; of a further target predictions_<name>.csv
result.json       see `fold_result`

A fold that has no figure has recipe.toml and result.json alone.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipelines.storage import atomic_files, config_files
from tuning.trials import fold_result
from tuning.trials.fold_result import FoldResult
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe
from zoo.runs import history
from zoo.runs.history import Epoch

RECIPE = "recipe.toml"
HISTORY = "history.csv"


def write(
    directory: Path,
    result_of: Callable[[Path], FoldResult],
    *,
    recipe: Recipe,
    rows: Sequence[Epoch] = (),
    predictions: Mapping[str, Predictions] | None = None,
) -> FoldResult:
    """Makes the directory of a fold.

    Args:
        result_of: gives the result when all else is written, into the directory that
            it is called with.
        predictions: by target, "" = the main one.

    Raises:
        OSError: it can't be written.
    """
    with atomic_files.new_directory(directory) as aside:
        (aside / RECIPE).write_text(config_files.to_toml(recipe), encoding="utf-8")
        if rows:
            history.write(aside / HISTORY, rows)
        for name, of_target in (predictions or {}).items():
            predictions_file.write(aside / predictions_name(name), of_target)
        result = result_of(aside)
        fold_result.write(aside, result)
    return result


def predictions_name(target: str) -> str:
    """The file of a target, "" = the main one."""
    return f"predictions_{target}.csv" if target else "predictions.csv"
