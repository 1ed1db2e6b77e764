"""The evidence of a cross-validation whose folds are all trained."""

from zoo.evaluation import pooled_folds
from zoo.evaluation.results.settings import Settings
from zoo.runs.cross_validation import CrossValidation


def judge(validation: CrossValidation, *, holdout: bool) -> list[dict]:
    """Pools the finished folds into `summary/`, with `holdout` also into `holdout/`.

    Where patients were set aside, the summary is of the folds' validation parts. Those
    chose the epoch too, so it flatters; the hold-out set alone does not.

    Returns:
        What was written to each metrics.json.
    """
    evaluation = validation.recipe.evaluation
    settings = Settings(
        confidence=evaluation.confidence,
        bootstrap=evaluation.bootstrap,
        seed=validation.recipe.seed,
    )
    found = [
        pooled_folds.write(
            validation.runs,
            settings=settings,
            out=validation.summary_path,
            split="validation" if validation.holdout else "test",
        )
    ]
    if holdout:
        out = validation.holdout_path
        found.append(
            pooled_folds.write_holdout(validation.runs, settings=settings, out=out)
        )
    return found
