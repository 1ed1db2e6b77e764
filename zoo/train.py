"""Command: trains a network of the zoo on a data set."""

import sys
from collections.abc import Sequence

from pipelines import command
from pipelines.errors import DataError
from zoo.runs.run import Run, default_path
from zoo.training.command_line import Options, for_the_record, parse


def main(argv: Sequence[str]) -> int:
    """Trains, prints the evidence in short and the path of the run."""
    options = parse(argv)
    command.quiet_tensorflow()
    from zoo.architectures import registry

    registry.get(options.recipe.arch)
    return every_fold(options) if options.folds else one_run(options, argv)


def one_run(options: Options, argv: Sequence[str]) -> int:
    """Trains or goes on with a single run."""
    from pipelines.records.directory import open_dataset
    from zoo.evaluation import evidence_text
    from zoo.runs import environment
    from zoo.training import phantom_data, train_run

    data = open_dataset(options.data or str(phantom_data.data_set()))
    if options.resume:
        run = Run.resume(options.out)
        if options.judge_test:
            run = run.judge_test()
    else:
        run = train_run.begin(
            options.out or default_path(options.recipe, options.fold),
            recipe=options.recipe,
            data=data,
            fold=options.fold,
            options=for_the_record(options, argv),
            weights_from=options.weights_from,
        )
    print(f"Run: {run.path}", file=sys.stderr)
    if run.deterministic:
        environment.make_deterministic()
    result = train_run.train(
        run, data, weights_from=options.weights_from, devices=options.devices
    )
    print(evidence_text.text(result))
    print(closing(run, result))
    print(run.path)
    return 0


def every_fold(options: Options) -> int:
    """Trains all folds that are not done, and judges them together."""
    from pipelines.records.directory import open_dataset
    from zoo.evaluation import cross_validation as judged
    from zoo.evaluation import evidence_text as evidence_tables
    from zoo.runs import cross_validation
    from zoo.training import train_folds

    data = open_dataset(options.data)
    if options.resume:
        validation = cross_validation.opened(options.out)
        cross_validation.check_same_data(validation, data)
    else:
        validation = cross_validation.begin(
            options.out or default_path(options.recipe, "s"),
            recipe=options.recipe,
            data=data,
        )
    print(f"Folds: {validation.path}", file=sys.stderr)
    failed = train_folds.train(
        validation,
        options.data,
        weights_from=options.weights_from,
        judge_test=options.judge_test,
        deterministic=options.deterministic,
        devices=options.devices,
    )
    if failed:
        raise DataError(
            f"{len(failed)} of {len(validation.folds)} folds failed: "
            f"{', '.join(failed)}. Mend what the messages above say, then go on with "
            "the same command and --resume"
        )
    for evidence in judged.judge(validation, holdout=options.judge_test):
        print(evidence_tables.text(evidence))
    print(validation.path)
    return 0


def closing(run: Run, evidence: dict) -> str:
    """The result on each target in a sentence, and which figures to open."""
    from zoo.evaluation.headline import headline

    further = evidence.get("further_targets", {})
    all_of_them = {"": evidence, **further}
    left = []
    if run.leaves_test:
        left = ["The test split was left unread; --resume --judge-test judges it."]
    figures = [
        figure
        for found in all_of_them.values()
        for figure, reason in found["figures"].items()
        if not reason
    ]
    return "\n".join(
        [
            "",
            *(f"{_start(name)}{headline(one)}" for name, one in all_of_them.items()),
            *left,
            "Open these figures:",
            *(f"  {run.path / 'figures' / name}" for name in figures),
            "Everything of this run is in:",
        ]
    )


def _start(name: str) -> str:
    return f"Further target {name}: " if name else ""


if __name__ == "__main__":
    command.leave(command.run(main))
