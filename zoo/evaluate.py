"""Command: how good a run, a cross-validation or a predictions.csv is."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import UsageError

_DESCRIPTION = """\
Judges predictions: metrics with confidence intervals by patient and by sample, and
figures: of classes ROC curves, confusion matrices and calibration, of numbers scatter
and Bland-Altman.

One run: all its splits. Several runs: the folds of one cross-validation, their test
predictions pooled. A predictions.csv from elsewhere: its classes in header order.
"""

_EXAMPLES = """\
examples:
  python -m zoo.evaluate runs/liver
      judges one run and renews its metrics.json and figures/
  python -m zoo.evaluate runs/fold0 runs/fold1 runs/fold2 --out runs/summary
      pools the folds' test predictions, every patient once
  python -m zoo.evaluate predictions.csv
      prints the tables and writes nothing
  python -m zoo.evaluate predictions.csv --out evidence --confidence 0.9
      columns: sample_id, patient_id, split, fold; of classes label, prob:<class> and
      logit:<class> for every class; of labels that do not exclude each other
      target:<name> (empty = not known), prob:<name> and logit:<name>; of numbers
      target:<name> and pred:<name>
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.evaluate",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "source",
        nargs="+",
        metavar="RUN",
        help="a run directory, several of them, or one predictions.csv",
    )
    parsed.add_argument(
        "--out", metavar="DIR", help="where to write; one run: its own directory"
    )
    parsed.add_argument(
        "--confidence",
        type=float,
        metavar="LEVEL",
        help="of the intervals; default: as in the run's recipe, else 0.95",
    )
    parsed.add_argument(
        "--bootstrap",
        type=int,
        metavar="N",
        help="resamples of patients; default: as in the run's recipe, else 2000",
    )
    parsed.add_argument(
        "--seed",
        type=int,
        help="of the resampling; default: as in the run's recipe, else 0",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the tables and the path that was written."""
    options = parser().parse_args(argv)
    from zoo.evaluation import evidence_text, pooled_folds, run_evaluation
    from zoo.recipes.recipe import Recipe
    from zoo.runs.run import Run

    sources = [Path(source) for source in options.source]
    files = [source for source in sources if source.is_file()]
    if files and len(sources) > 1:
        raise UsageError(
            "a predictions.csv is judged alone. "
            f"Received: {files[0]} among {len(sources)} sources"
        )
    runs = [] if files else [Run.resume(source) for source in sources]
    for run in runs:
        run.require(run.predictions_path)
    settings = _settings(options, runs[0].recipe if runs else Recipe())
    out = options.out
    if files:
        result = run_evaluation.write_bare(sources[0], settings=settings, out=out)
    elif len(sources) == 1:
        out = out or sources[0]
        result = run_evaluation.write(
            sources[0],
            confidence=settings.confidence,
            bootstrap=settings.bootstrap,
            seed=settings.seed,
            out=out,
        )
    else:
        if out is None:
            raise UsageError("several runs want --out DIR for what they give together")
        result = pooled_folds.write(sources, settings=settings, out=out)
    print(evidence_text.text(result))
    if out is not None:
        print(Path(out) / "metrics.json")
    return 0


def _settings(options: argparse.Namespace, recipe):  # noqa: ANN001
    """What the command line leaves open comes from the run's recipe."""
    from zoo.evaluation.results.settings import Settings

    chosen = {
        "confidence": recipe.evaluation.confidence,
        "bootstrap": recipe.evaluation.bootstrap,
        "seed": recipe.seed,
    }
    for name in chosen:
        if getattr(options, name) is not None:
            chosen[name] = getattr(options, name)
    return Settings(**chosen)


if __name__ == "__main__":
    command.leave(command.run(main))
