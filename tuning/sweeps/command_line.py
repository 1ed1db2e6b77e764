"""The command line of `tuning.search`: what is searched, how, and what stays fixed."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro

from pipelines.errors import UsageError
from pipelines.storage import output_paths
from tuning.sweeps.fixed import fixed
from tuning.trials.sweep import Aggregate, Tuner
from zoo.recipes.recipe import Recipe
from zoo.runs import new_directory
from zoo.training.command_line import starting_recipe
from zoo.training.weights_option import without_place

_DESCRIPTION = """\
Searches the fields of a recipe for those that do best on validation patients. The best
trial comes out as OUT/best.toml, which zoo.train --recipe runs.

Any option of zoo.train that belongs to the recipe fixes it for all trials. The same
command on an --out that is there already goes on with it, be it interrupted or done:
--max-trials, --budget, --parallel and the limits may change, nothing else.

examples:
  python -m tuning.search --arch cnn3d --data datasets/liver --space cnn3d \\
      --tuner random --objective val_auc --max-trials 20 --folds 5 --out sweeps/liver
  python -m tuning.search --arch cnn3d,resnet3d18 --data datasets/liver \\
      --space mine.toml --tuner bayesian --max-trials 40 --epochs 20 --budget 2h
  python -m tuning.search --arch cnn3d --data datasets/liver --space cnn3d \\
      --tuner hyperband --epochs 27 --folds 3 --parallel 2

With --chief PORT the process hands the trials out and trains none itself; workers, on
this machine or with --chief HOST:PORT on others, see the same OUT and need no more than
  python -m tuning.search --worker HOST:PORT --data datasets/liver --out OUT

exit codes: 0 done, or --budget spent; 1 failed on the data; 2 wrong usage; 130 ended by
Ctrl-C, 143 by SIGTERM: the same command goes on."""

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TIME = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What a sweep is made of.

    Args:
        data: data set directory that pipelines.ingest wrote.
        space: what is searched: a .toml file or the name of a shipped space.
        tuner: what suggests the values: KerasTuner's random, bayesian, hyperband or
            grid search, or optuna.
        objective: of the validation patients: val_auc, val_loss, ...
        aggregate: of the folds: the mean of their figures, or the figure of all their
            predictions pooled.
        max_trials: how many in all; needed by random, bayesian and optuna. A grid is
            tried as a whole without it, and hyperband goes through its brackets once.
        folds: deal the patients of the training and the validation split, or of all
            folds, into so many; none = the data set's own.
        repeats: deal them so many times; a trial's figure is then the mean over all
            folds of all deals, as zoo.train --repeats has them. It wants a copy of the
            patients' records for each.
        outer_folds: beside the sweep one for each of so many outer folds, whose best
            recipe is judged once on the patients it never saw.
        budget: of wall time over all calls, e.g. 2h or 1h30m: no fold begins that can't
            be expected to end in it.
        out: the sweep's directory; none = sweeps/<time>-<arch>.
        parallel: folds trained at once, a GPU each where there are; what is suggested
            then depends on which ends first.
        join: share the trials with other processes, on this machine or others, that
            give the same command; --out has to be on a file system they share.
        chief: PORT, or HOST:PORT for workers on other machines: lead the sweep and hand
            its trials out to processes with --worker. Without a host this machine alone
            reaches it; there is no password and no encryption, see docs/tuning.md.
        worker: HOST:PORT of a chief: run trials for it, with --data and the --out that
            both see; all else is as the chief has it.
        silent: with --join and --chief: a worker that gives no sign of life for so long
            has its trial taken up by another.
        max_parameters: of a trial's network.
        max_trial_time: of all folds of a trial together, e.g. 20m.
        abandon: give a trial up between folds when the chance of a trial as good as the
            best lagging so far behind is below this.
        exact: never give a trial up between folds.
        recipe_name: a .toml file or the name of a shipped recipe, to start from.
        augment: a .toml file or the name of a shipped preset of augmentation.
        deterministic: as of zoo.train: bit-equal folds; slower.
        weights_from: as of zoo.train.
        accept_changed_code: go on though the code is another than the sweep's was; the
            report marks the trials of either side.
        recipe: the fields of the recipe; its seed is that of the suggestions too.
    """

    data: Annotated[str | None, tyro.conf.arg(metavar="DATASET")] = None
    space: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE")] = None
    tuner: Tuner = "bayesian"
    objective: Annotated[str, tyro.conf.arg(metavar="NAME")] = "val_auc"
    aggregate: Aggregate = "mean"
    max_trials: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    folds: Annotated[int | None, tyro.conf.arg(metavar="K")] = None
    repeats: Annotated[int, tyro.conf.arg(metavar="R")] = 1
    outer_folds: Annotated[int, tyro.conf.arg(metavar="N")] = 0
    budget: Annotated[str | None, tyro.conf.arg(metavar="TIME")] = None
    out: Annotated[Path | None, tyro.conf.arg(metavar="DIR")] = None
    parallel: Annotated[int, tyro.conf.arg(metavar="N")] = 1
    join: tyro.conf.FlagCreatePairsOff[bool] = False
    chief: Annotated[str | None, tyro.conf.arg(metavar="[HOST:]PORT")] = None
    worker: Annotated[str | None, tyro.conf.arg(metavar="[HOST:]PORT")] = None
    silent: Annotated[str, tyro.conf.arg(metavar="TIME")] = "60s"
    max_parameters: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    max_trial_time: Annotated[str | None, tyro.conf.arg(metavar="TIME")] = None
    abandon: Annotated[float, tyro.conf.arg(metavar="P")] = 0.1
    exact: tyro.conf.FlagCreatePairsOff[bool] = False
    recipe_name: Annotated[
        str | None, tyro.conf.arg(name="recipe", metavar="NAME|FILE")
    ] = None
    augment: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE")] = None
    deterministic: tyro.conf.FlagCreatePairsOff[bool] = False
    weights_from: Annotated[str | None, tyro.conf.arg(metavar="PATH")] = None
    accept_changed_code: tyro.conf.FlagCreatePairsOff[bool] = False
    recipe: Annotated[Recipe, tyro.conf.arg(name="")] = dataclasses.field(
        default_factory=Recipe
    )

    @property
    def architectures(self) -> tuple[str, ...]:
        """What --arch names: one, or several to choose from."""
        return tuple(self.recipe.arch.split(","))


def parse(argv: Sequence[str]) -> tuple[Options, tuple[str, ...]]:
    """The options, and the fields of the recipe that the command line fixes.

    Raises:
        UsageError: options that don't go together, or an --out that can't be made.
        DataError: the recipe file can't be read.
        SystemExit: with 0 after --help, with 2 after a message about the usage.
    """
    start = starting_recipe(argv)
    arguments, place = without_place(argv)
    try:
        options = tyro.cli(
            Options,
            prog="python -m tuning.search",
            description=_DESCRIPTION,
            args=arguments,
            default=Options(recipe=start),
        )
    except ValueError as error:  # of the recipe as a whole; its parts tyro reports
        raise UsageError(str(error)) from error
    if place is not None:
        options = dataclasses.replace(options, weights_from=place)
    if options.worker is None:
        _check(options)
    return options, fixed(argv, options.recipe, start)


def seconds(text: str | None, option: str) -> float | None:
    """What `2h`, `90m`, `1h30m` or `45s` are; none of none.

    Raises:
        UsageError: another text, or no time at all.

    >>> seconds("1h30m", "--budget")
    5400.0
    """
    if text is None:
        return None
    total = 0.0
    if _TIME.fullmatch(text):
        parts = re.findall(r"([\d.]+)([dhms])", text)
        total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not total:
        raise UsageError(
            f"{option} is a time such as 2h, 90m or 1h30m. Received: {text!r}"
        )
    return total


def default_out(options: Options) -> Path:
    """`sweeps/<time>-<arch>` in the working directory."""
    name = "-".join(options.architectures)
    return Path("sweeps") / new_directory.default_path(name).name


def _check(options: Options) -> None:
    for name in ("data", "space"):
        if getattr(options, name) is None:
            raise UsageError(f"--{name} is missing: a sweep wants a {_WORDS[name]}")
    if options.max_trials is None and options.tuner not in ("grid", "hyperband"):
        raise UsageError(
            f"--tuner {options.tuner} suggests without end. Say by --max-trials N how "
            "many trials there are to be"
        )
    least = {"max_trials": 1, "folds": 2, "repeats": 1, "parallel": 1}
    least |= {"max_parameters": 1}
    for name, lowest in least.items():
        value = getattr(options, name)
        if value is not None and value < lowest:
            option = name.replace("_", "-")
            raise UsageError(f"--{option} is {lowest} or more. Received: {value}")
    if options.outer_folds < 0 or 0 < options.outer_folds < 3:
        raise UsageError(
            "--outer-folds is 3 or more: one tests, one validates, the others train. "
            f"Received: {options.outer_folds}"
        )
    if options.repeats > 1 and not options.folds:
        raise UsageError("--repeats goes with --folds K, which are dealt so many times")
    if options.outer_folds and not options.folds:
        raise UsageError("--outer-folds goes with --folds K, those of the inner sweeps")
    if not 0 < options.abandon < 0.5:
        raise UsageError(
            "--abandon is above 0 and below .5; --exact gives no trial up. Received: "
            f"{options.abandon}"
        )
    if options.join:
        _check_join(options)
    for name in ("budget", "max_trial_time", "silent"):
        seconds(getattr(options, name), f"--{name.replace('_', '-')}")
    if options.out is not None:
        output_paths.check_directory(options.out, "--out")


def _check_join(options: Options) -> None:
    if options.out is None:
        raise UsageError("--join wants the --out DIR that all workers share")
    if options.outer_folds:
        raise UsageError(
            "--join doesn't go with --outer-folds: search with --join first, then "
            "give the command with --outer-folds to one process, on another --out"
        )
    if options.accept_changed_code:
        raise UsageError(
            "--join doesn't go with --accept-changed-code: workers of two versions "
            "might be at work at once. Go on without --join"
        )


_WORDS: dict[Literal["data", "space"], str] = {
    "data": "data set",
    "space": "space to search, a .toml file or the name of a shipped one",
}
