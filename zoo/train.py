"""Command: trains a network of the zoo on a data set."""

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pipelines
import zoo
from pipelines import command
from pipelines.errors import DataError, UsageError
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.splits.roles import roles
from pipelines.storage import atomic_files
from zoo.architectures import registry
from zoo.planning import data_plan, text
from zoo.planning.plan import Plan
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, lock, new_directory, repeats, same_data
from zoo.runs.cross_validation import CrossValidation
from zoo.runs.run import Run
from zoo.training import (
    cpu_kernels,
    fold_process,
    phantom_data,
    precision_choice,
    train_folds,
)
from zoo.training.command_line import (
    Options,
    for_the_record,
    parse,
    wants_plan,
    wants_repeats,
)

PLAN = "plan.toml"


def main(argv: Sequence[str]) -> int:
    """Trains, prints the evidence in short and the path of the run."""
    if not fold_process.end_with_parent():
        return trained(argv)
    try:
        return trained(argv)
    except KeyboardInterrupt:  # Ctrl-C reaches the parent too, and it says what goes on
        return fold_process.INTERRUPTED


def trained(argv: Sequence[str]) -> int:
    """Trains what the command line names."""
    options = parse(argv)
    if not is_deterministic(options):
        cpu_kernels.take_fast()
    plan = planned(options) if wants_plan(argv) else None
    if plan is not None:
        options = parse(argv, plan.recipe)
    registry.get(options.recipe.arch)
    if options.folds:
        every = every_repeat if wants_repeats(options) else every_fold
        return every(options, plan)
    return one_run(options, argv, plan)


def is_deterministic(options: Options) -> bool:
    """Whether what is trained is to repeat itself; a run that goes on knows it."""
    if options.resume and not options.folds:
        return Run.resume(options.out).deterministic
    return options.deterministic


def planned(options: Options) -> Plan:
    """The plan for the data set, told in a line; its reasons go into the run."""
    data = known_data(options)
    if options.folds:  # what is refused, is before records are read by TensorFlow
        cross_validation.folds_of(data)
        train_folds.check_holdout(
            cross_validation.has_holdout(data), options.judge_test
        )
    else:
        roles(data.groups, data.task.split, options.fold)
    plan = data_plan.plan_for(data, fold=options.fold)
    print(
        f"No --arch and no --recipe, so planned: {text.line(plan)}. Options given here "
        f"override it. Why, and what to mind: {PLAN} in the run",
        file=sys.stderr,
    )
    return plan


def known_data(options: Options) -> DataSet:
    """The data set of --data without the classes that the recipe holds out."""
    data = pipelines.open_dataset(options.data)
    return held_out_classes.without(data, options.recipe.unknown_classes)


def keep(plan: Plan | None, directory: Path) -> None:
    """Writes the plan, where there is one, beside what follows from it."""
    if plan is not None:
        atomic_files.write_text(directory / PLAN, text.toml(plan))


def one_run(options: Options, argv: Sequence[str], plan: Plan | None) -> int:
    """Trains or goes on with a single run."""
    data = pipelines.open_dataset(options.data or phantom_data.data_set())
    if options.resume:
        with goes_on_by_resume(options, options.out, data):
            run = resumed(options, data)
    else:
        run = begun(options, argv, plan, data)
    from zoo.evaluation import evidence_text
    from zoo.training import closing  # they load SciPy

    evidence = json.loads(run.metrics_path.read_text(encoding="utf-8"))
    print(evidence_text.text(evidence))
    print(closing.of_run(run, evidence))
    print(run.path)
    command.say_next("zoo.predict", run.path, "--dicom", "DIR", "--out", "result.csv")
    return 0


def begun(
    options: Options, argv: Sequence[str], plan: Plan | None, data: DataSet
) -> Run:
    """A new run, finished."""
    with contextlib.ExitStack() as once_begun:

        def when_begun(run: Run) -> None:
            once_begun.enter_context(goes_on_by_resume(options, run.path, data))
            announce(run)
            keep(plan, run.path)

        return zoo.fit(
            options.recipe,
            data,
            options.out,
            fold=options.fold,
            weights_from=options.weights_from,
            allow_seen_patients=options.allow_seen_patients,
            devices=options.devices,
            deterministic=options.deterministic,
            options=for_the_record(options, argv, plan and plan.recipe),
            when_begun=when_begun,
        )


def goes_on_by_resume(
    options: Options, path: str | Path, data: DataSet
) -> contextlib.AbstractContextManager[None]:
    """Has the command that goes on named, where the block is interrupted."""
    words = ["--resume", "--out", path, "--data", data.path]
    if options.folds:  # which are runs of their own, each with these
        words += ["--folds", "all"]
        names = ("deterministic", "judge_test", "allow_seen_patients")
        kept = [name for name in names if getattr(options, name)]
        words += [f"--{name.replace('_', '-')}" for name in kept]
    if options.weights_from is not None:
        from_imagenet = options.recipe.weights == "imagenet"
        name = "--weights-from" if from_imagenet else "--weights"
        words += [name, options.weights_from]
    if options.devices > 1:
        words += ["--devices", options.devices]
    return command.goes_on_by("zoo.train", *words)


def resumed(options: Options, data: DataSet) -> Run:
    """The run of --out, finished."""
    run = Run.resume(options.out)
    with lock.held(run.path):
        same_data.check(run.path, run.data_digest, data)
    if options.judge_test:  # what was read once stays read
        run = run.judge_test()
    announce(run)
    from zoo.runs import environment  # they load TensorFlow
    from zoo.training import train_run

    if run.deterministic:
        environment.make_deterministic()
    train_run.train(
        run, data, weights_from=options.weights_from, devices=options.devices
    )
    return run


def announce(run: Run) -> None:
    """Says where a run is before it takes its time."""
    print(f"Run: {run.path}", file=sys.stderr)


def every_fold(options: Options, plan: Plan | None) -> int:
    """Trains all folds that are not done, and judges them together."""
    data = pipelines.open_dataset(options.data)
    if options.resume:
        validation = cross_validation.opened(options.out)
        cross_validation.check_same_data(validation, data)
    else:
        validation = cross_validation.begin(
            options.out, recipe=settled(options, data), data=data
        )
        keep(plan, validation.path)
    print(f"Folds: {validation.path}", file=sys.stderr)
    try:
        with goes_on_by_resume(options, validation.path, data):
            failed = train_all(options, validation, data)
    except UsageError:
        if not options.resume:
            cross_validation.discard(validation)
        raise
    if failed:
        raise DataError(
            f"{len(failed)} of {len(validation.folds)} folds failed: "
            f"{', '.join(failed)}. Mend what the messages above say, then go on with "
            "the same command and --resume"
        )
    from zoo.evaluation import cross_validation as cross_validation_evidence
    from zoo.evaluation import evidence_text
    from zoo.training import closing

    evidence = cross_validation_evidence.evaluate(
        validation, holdout=options.judge_test
    )
    for judged in evidence.values():
        print(evidence_text.text(judged))
    print(closing.of_folds(validation, evidence))
    print(validation.path)
    command.say_next(
        "zoo.predict", validation.path, "--dicom", "DIR", "--out", "result.csv"
    )
    return 0


def train_all(
    options: Options, validation: CrossValidation, data: DataSet
) -> tuple[str, ...]:
    """Trains the folds of a cross-validation on its data set; those that failed."""
    if not options.allow_seen_patients:
        train_folds.check_seen_patients(validation, data, options.weights_from)
    return train_folds.train(
        validation,
        data.path,
        weights_from=options.weights_from,
        judge_test=options.judge_test,
        deterministic=options.deterministic,
        devices=options.devices,
        allow_seen_patients=options.allow_seen_patients,
    )


def every_repeat(options: Options, plan: Plan | None) -> int:
    """Trains all folds of all repeats that are not done, and judges them together."""
    data = pipelines.open_dataset(options.data)
    if options.resume:
        repeated = repeats.opened(options.out)
        repeats.check_same_data(repeated, data)
        if options.repeats is not None:
            repeated = repeats.with_more(repeated, options.repeats)
    else:
        repeats.check_count(options.repeats)
        repeats.check_data(data)
        repeated = repeats.begin(
            options.out,
            recipe=settled(options, data),
            data=data,
            repeats=options.repeats,
        )
        keep(plan, repeated.path)
    print(f"Repeats: {repeated.path}", file=sys.stderr)
    from zoo.evaluation import cross_validation as cross_validation_evidence
    from zoo.evaluation import repeated_folds
    from zoo.training import train_repeats

    def judge(validation: CrossValidation) -> None:
        cross_validation_evidence.evaluate(validation, holdout=False)

    try:
        train_repeats.check(repeated, data)
        with goes_on_by_resume(options, repeated.path, data):
            train_repeats.train(
                repeated, data, lambda v, part: train_all(options, v, part), judge
            )
    except UsageError:
        if not options.resume:
            repeats.discard(repeated)
        raise
    evidence = repeated_folds.write(repeated)
    print(repeated_folds.text(evidence))
    print(repeated.path)
    command.say_next("zoo.evaluate", repeated.paths[0])
    return 0


def settled(options: Options, data: DataSet) -> Recipe:
    """The recipe of all folds: what the machine decides is decided before the first.

    Raises:
        UsageError: it holds out classes that the data set has not.
    """
    recipe = options.recipe
    held_out_classes.of_task(data.task, recipe.unknown_classes)
    if recipe.optimisation.precision != "auto":
        return recipe
    new_directory.check_new(options.out)
    shape = precision_choice.shape_seen(recipe, data.task)
    return precision_choice.settled(recipe, shape, deterministic=options.deterministic)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
