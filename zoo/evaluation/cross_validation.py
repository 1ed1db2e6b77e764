"""The evidence of a cross-validation whose folds are all trained."""

from collections.abc import Sequence
from pathlib import Path

from zoo.evaluation import pooled_folds
from zoo.evaluation.results.settings import Settings, of_recipe
from zoo.runs.cross_validation import CrossValidation, finished_runs


def evaluate(
    validation: CrossValidation,
    *,
    holdout: bool,
    settings: Settings | None = None,
    out: Path | None = None,
    prevalences: Sequence[float] = (),
) -> dict[Path, dict]:
    """Pools the finished folds into `summary/`, with `holdout` also into `holdout/`.

    Where patients were set aside, or no fold has a test part, the summary is of the
    folds' validation parts. Those chose the epoch too, so it flatters; a hold-out set
    does not.

    Args:
        settings: of the intervals; none = the recipe's.
        out: where both folders come to lie; none = the cross-validation's directory.
        prevalences: see `run_evaluation.write`.

    Returns:
        By folder what was written to its metrics.json.

    Raises:
        DataError: a fold is not trained to its end.
    """
    settings = settings or of_recipe(validation.recipe)
    runs = [run.path for run in finished_runs(validation)]
    base = validation.path if out is None else out
    summary = base / validation.summary_path.name
    evidence = {
        summary: pooled_folds.write(
            runs,
            settings=settings,
            out=summary,
            split=validation.judged,
            prevalences=prevalences,
        )
    }
    if holdout:
        held_out = base / validation.holdout_path.name
        evidence[held_out] = pooled_folds.write_holdout(
            runs, settings=settings, out=held_out, prevalences=prevalences
        )
    return evidence
