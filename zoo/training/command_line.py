"""The command line of `zoo.train`: a recipe to start from, and what changes in it."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from pipelines.augment import augmentation
from pipelines.errors import UsageError
from pipelines.pseudonyms import with_letter
from pipelines.storage import output_paths
from zoo.evaluation.results import settings
from zoo.recipes import recipe as recipes
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, repeats
from zoo.runs.new_directory import check_new
from zoo.runs.run import Run
from zoo.training.weights_option import without_place

FIRST_RUN = "first_run"
PLANNED = "planned"  # from the data set, see `zoo.planning.data_plan`

_DESCRIPTION = """\
Trains a network of the zoo on a data set and judges it. With no data set named, a
phantom cohort is written as DICOM, ingested and learned. With one, and neither --arch
nor --recipe, the recipe is that of python -m zoo.plan.

examples:
  python -m zoo.train --arch inception
  python -m zoo.train --data datasets/liver
  python -m zoo.train --arch resnet3d18 --data datasets/liver --out runs/liver
  python -m zoo.train --arch cnn3d --data datasets/heart --fold 0
  python -m zoo.train --arch cnn3d --data datasets/heart --folds all --out runs/heart
  python -m zoo.train --arch cnn3d --data datasets/heart --folds all --repeats 5
  python -m zoo.train --recipe mine.toml --data datasets/liver \\
      --lr 1e-4 --epochs 40 --batch 32 --augmentation.spatial.flip width
  python -m zoo.train --arch resnet3d18 --lr auto --data datasets/liver
  python -m zoo.train --arch cnn3d --data datasets/series --unknown-classes DWI_Low
  python -m zoo.train --arch resnet18 --augment FILE.toml --data datasets/liver
  python -m zoo.train --arch inception --weights imagenet --data datasets/liver
  python -m zoo.train --arch resnet18 --weights FILE.safetensors --data datasets/liver
  python -m zoo.train --arch resnet3d18 --weights runs/first --data datasets/liver
  python -m zoo.train --out runs/liver --resume --data datasets/liver

exit codes: 0 done; 1 failed on the data; 2 wrong usage."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What a run is made of.

    Args:
        data: data set directory that pipelines.ingest wrote; none = the phantom cohort.
        recipe_name: a .toml file or the name of a shipped recipe, to start from.
        augment: a .toml file or the name of a shipped preset, in the place of the
            recipe's augmentation; single values of it can then be changed.
        fold: the fold (or the site) to leave out, where the data set has folds.
        folds: "all": train every fold, each in a process of its own, and judge them
            together in --out; a hold-out set stays unread until --judge-test.
        repeats: with --folds all: deal the patients into folds so many times and
            train every fold of each. What changes from one to the next is the luck of
            the deal. More can be asked for later, with --resume.
        out: the run directory; none = runs/<time>-<arch>.
        resume: go on with the interrupted run (or with all folds) in --out.
        leave_test: do not read the test split, so that more can be tried before.
        judge_test: read the test split of a run that left it (with --resume), or with
            --folds all the hold-out set.
        deterministic: only operations that give the same bits each time, also on a
            GPU; slower. A run that is resumed does as it began.
        devices: GPUs of this machine that share every batch.
        weights_from: with --weights imagenet the file, or the directory that has it;
            none = the directories that ZOO_WEIGHTS names, or the cache.
        allow_seen_patients: with --weights RUN: begin even if patients of the
            validation or test split trained that run; every output then says so.
        recipe: the fields of the recipe.
    """

    data: Annotated[str | None, tyro.conf.arg(metavar="DATASET")] = None
    recipe_name: Annotated[
        str | None, tyro.conf.arg(name="recipe", metavar="NAME|FILE")
    ] = None
    augment: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE")] = None
    fold: Annotated[str | None, tyro.conf.arg(metavar="FOLD")] = None
    folds: Literal["all"] | None = None
    repeats: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    out: Annotated[Path | None, tyro.conf.arg(metavar="DIR")] = None
    resume: tyro.conf.FlagCreatePairsOff[bool] = False
    leave_test: tyro.conf.FlagCreatePairsOff[bool] = False
    judge_test: tyro.conf.FlagCreatePairsOff[bool] = False
    deterministic: tyro.conf.FlagCreatePairsOff[bool] = False
    devices: Annotated[int, tyro.conf.arg(metavar="N")] = 1
    weights_from: Annotated[str | None, tyro.conf.arg(metavar="PATH")] = None
    allow_seen_patients: tyro.conf.FlagCreatePairsOff[bool] = False
    recipe: Annotated[Recipe, tyro.conf.arg(name="")] = dataclasses.field(
        default_factory=Recipe
    )


def wants_plan(argv: Sequence[str]) -> bool:
    """Whether a data set is named, and neither a network nor a recipe nor a run."""
    named, _ = _named(argv)
    asks_help = {"-h", "--help"} & {*argv}
    return (
        named.data is not None
        and named.arch is None
        and named.recipe is None
        and not named.resume
        and not asks_help
    )


def wants_repeats(options: Options) -> bool:
    """Whether all folds are dealt several times, or were in the run to resume."""
    there = options.resume and repeats.is_there(options.out)
    return there or options.repeats is not None


def parse(argv: Sequence[str], planned: Recipe | None = None) -> Options:
    """The options; what the command line leaves open comes from the recipe it names.

    Args:
        planned: to start from where it names none.

    Raises:
        UsageError: options that don't go together, or an --out that can't be made.
        DataError: the recipe file or the run to resume can't be read.
        SystemExit: with 0 after --help, with 2 after a message about the usage.
    """
    start = starting_recipe(argv, planned)
    arguments, place = without_place(argv)
    try:
        options = tyro.cli(
            Options,
            prog="python -m zoo.train",
            description=_DESCRIPTION,
            args=arguments,
            default=Options(recipe=start),
        )
    except ValueError as error:  # of the recipe as a whole; its parts tyro reports
        raise UsageError(str(error)) from error
    options = _with_weights(options, place)
    if options.resume and options.recipe != start:
        raise UsageError(
            "a run is resumed with its own recipe. Received another value of: "
            f"{', '.join(differences(options.recipe, start))}. Leave it out, or begin "
            "a new run"
        )
    _check_test(options)
    if not options.resume and not _is_fold(options.out):
        settings.check_new(options.recipe)
    if options.out is not None and not options.resume:
        check_new(options.out)
        output_paths.check_directory(options.out, "--out")
    if options.folds:
        _check_folds(options)
    elif options.repeats is not None:
        raise UsageError("--repeats goes with --folds all. Add it, or leave it out")
    elif options.resume:
        _check_resumed(options, Run.resume(options.out))
    return options


def _is_fold(out: str | Path | None) -> bool:
    """Whether it is a run of a cross-validation, whose recipe was checked before."""
    return out is not None and cross_validation.is_there(Path(out).parent)


def _with_weights(options: Options, place: str | None) -> Options:
    """The options with the place of the weights that `--weights` named."""
    wanted = options.recipe.weights
    if options.weights_from is not None and wanted != "imagenet":
        raise UsageError(
            "--weights-from goes with --weights imagenet alone. Received: weights = "
            f"{wanted!r}"
        )
    resumed = options.resume and not options.folds
    if options.allow_seen_patients and (wanted != "run" or resumed):
        raise UsageError(
            "--allow-seen-patients goes with a new run that takes its weights from a "
            "run. Leave it out, or name that run by --weights RUN"
        )
    if place is not None:
        return dataclasses.replace(options, weights_from=place)
    if wanted in ("file", "run") and not options.resume:
        raise UsageError(
            f"the recipe takes its weights from a {wanted}, which no recipe names. "
            "Name it by --weights PATH"
        )
    return options


def _check_test(options: Options) -> None:
    if options.leave_test and (options.judge_test or options.resume or options.folds):
        raise UsageError(
            "--leave-test goes with a new run. One that is resumed has its own, and "
            "with --folds all a hold-out set is left in any case. Leave it out"
        )
    if options.judge_test and not (options.resume or options.folds):
        raise UsageError(
            "--judge-test goes with --resume, for a run that left its test split, or "
            "with --folds all. A new run judges it in any case"
        )


def _check_folds(options: Options) -> None:
    if options.fold is not None:
        raise UsageError(
            "--folds all trains every fold. Received also: "
            f"--fold {options.fold}. Leave one of them out"
        )
    if options.data is None:
        raise UsageError(
            "--folds all wants a data set of folds. Name it by --data DATASET"
        )
    if wants_repeats(options) and options.judge_test:
        raise UsageError(
            "--judge-test goes with one cross-validation, not with --repeats. Judge "
            "the first repeat's: --folds all --resume --judge-test --out "
            f"{options.out or 'OUT'}/repeat-0"
        )


def _check_resumed(options: Options, run: Run) -> None:
    if options.deterministic and not run.deterministic:
        raise UsageError(
            "--deterministic goes with a new run: this one began without. Leave it out"
        )
    if options.judge_test and not run.leaves_test:
        raise UsageError(
            "--judge-test is for a run that left its test split. Received: one that "
            "did not"
        )
    if options.fold is not None and with_letter(options.fold) != run.fold:
        raise UsageError(
            "a run is resumed with its own fold. Received: "
            f"--fold {options.fold}. Leave it out, or begin a new run"
        )
    if options.data is None and run.data_named:
        raise UsageError(
            "a run is resumed with its own data set. Received: none. Name by --data "
            "the one that it was begun with"
        )


def _named(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What says where the recipe comes from, and the arguments that do not."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for name in ("arch", "recipe", "augment", "data", "fold", "folds", "out"):
        first.add_argument(f"--{name}")
    first.add_argument("--resume", action="store_true")
    return first.parse_known_args(argv)


def starting_recipe(argv: Sequence[str], planned: Recipe | None = None) -> Recipe:
    """The run's to resume, or the one named, or planned, or of the first run.

    With --augment its settings take the place of the recipe's.
    """
    named, _ = _named(argv)
    if named.resume:
        if named.out is None or named.recipe is not None or named.augment is not None:
            raise UsageError(
                "--resume goes with --out DIR, the run, and without --recipe and "
                "--augment: the run has its own"
            )
        if named.folds and repeats.is_there(named.out):
            return repeats.opened(named.out).recipe
        if named.folds:
            return cross_validation.opened(named.out).recipe
        return Run.resume(named.out).recipe
    if named.recipe is not None:
        start = recipes.load(named.recipe)
    else:
        named_data = planned or Recipe()
        start = named_data if named.data else recipes.load(FIRST_RUN)
    if named.augment is None:
        return start
    preset = augmentation.load(named.augment)
    try:
        return dataclasses.replace(start, augmentation=preset)
    except ValueError as error:
        raise UsageError(f"--augment {named.augment}: {error}") from error


def differences(recipe: Recipe, start: Recipe) -> list[str]:
    """Options whose values differ, as the command line writes them."""
    return _differences(recipe, start, "--")


def _differences(section: Any, other: Any, prefix: str) -> list[str]:
    names = []
    for field in dataclasses.fields(section):
        mine, its = getattr(section, field.name), getattr(other, field.name)
        name = prefix + field.name.replace("_", "-")
        if dataclasses.is_dataclass(mine):
            names += _differences(mine, its, f"{name}.")
        elif mine != its:
            names.append(name)
    return names


def for_the_record(
    options: Options, argv: Sequence[str], planned: Recipe | None = None
) -> dict[str, Any]:
    """What environment.json says of the command line: no paths, no values of yours.

    Args:
        planned: as of `parse`.
    """
    begun_from = "" if options.data else FIRST_RUN
    if planned is not None:
        begun_from = PLANNED
    return {
        "data": "named" if options.data else "phantom cohort",
        "recipe": _public(options.recipe_name, recipes.shipped()) or begun_from,
        "augment": _public(options.augment, augmentation.shipped()),
        "changed": differences(options.recipe, starting_recipe(argv, planned)),
        "weights_from": options.weights_from is not None,
        "leave_test": options.leave_test,
        "deterministic": options.deterministic,
        "devices": options.devices,
    }


def _public(name: str | None, shipped: list[str]) -> str:
    """A shipped name, or that it was a file; empty for none."""
    if name is None:
        return ""
    return name if name in shipped else "a file"
