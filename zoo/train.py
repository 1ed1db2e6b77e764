"""Command: trains a network of the zoo on a data set."""

import sys
from collections.abc import Sequence

from pipelines import command
from zoo.learning.options import for_the_record, parse
from zoo.run import Run, default_path


def main(argv: Sequence[str]) -> int:
    """Trains, prints the evidence in short and the path of the run."""
    options = parse(argv)
    command.quiet_tensorflow()
    from pipelines.records.dataset_directory import open_dataset
    from zoo import first_run, registry, training
    from zoo.evidence import text

    registry.get(options.recipe.arch)
    data = open_dataset(options.data or str(first_run.data_set()))
    if options.resume:
        run = Run.resume(options.out)
    else:
        run = training.begin(
            options.out or default_path(options.recipe, options.fold),
            recipe=options.recipe,
            data=data,
            fold=options.fold,
            options=for_the_record(options, argv),
            weights_from=options.weights_from,
        )
    print(f"Run: {run.path}", file=sys.stderr)
    result = training.train(run, data, weights_from=options.weights_from)
    print(text.text(result))
    print(closing(run, result))
    print(run.path)
    return 0


def closing(run: Run, evidence: dict) -> str:
    """The result in a sentence, and which figures to open."""
    from zoo.evidence.judgement import preferred
    from zoo.evidence.portfolio import shown_level

    level = shown_level(evidence)
    split = list(evidence["splits"])[-1]
    auc = evidence["splits"][split][level]["auc"]
    value = "undefined" if auc["value"] is None else f"{auc['value']:.3f}"
    interval = preferred(auc)
    if interval is not None:
        value += (
            f" ({100 * evidence['confidence']:g}% interval {interval['low']:.3f} to "
            f"{interval['high']:.3f})"
        )
    elif auc["value"] == 1:
        value += " (no interval: the classes are separated without an overlap)"
    figures = [name for name, reason in evidence["figures"].items() if not reason]
    return "\n".join(
        [
            f"\nAUC of the {split} split, by {level}: {value}",
            "Open these figures:",
            *(f"  {run.path / 'figures' / name}" for name in figures),
            "Everything of this run is in:",
        ]
    )


if __name__ == "__main__":
    command.leave(command.run(main))
