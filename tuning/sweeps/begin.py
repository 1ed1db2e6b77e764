"""A sweep begun, or gone on with, after everything that can be checked beforehand."""

import dataclasses
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.ingestion import redealt
from pipelines.records.data_set import DataSet
from pipelines.splits.roles import fold_names
from pipelines.storage import config_files
from tuning.oracles import optuna_installed
from tuning.space import recipes
from tuning.space import space as spaces
from tuning.space.space import Space
from tuning.sweeps import command_line, same_sweep
from tuning.sweeps.command_line import Options
from tuning.trials import code_version, repeats
from tuning.trials import sweep as sweeps
from tuning.trials.budget import Budget
from tuning.trials.sweep import Settings, Sweep
from zoo.evaluation.comparison import objectives
from zoo.evaluation.comparison.forms import Other
from zoo.evaluation.comparison.objectives import Objective
from zoo.recipes.edit import edit
from zoo.recipes.recipe import Recipe
from zoo.targets.kind import TargetKind
from zoo.targets.target_output import outputs_of_task
from zoo.training import recipe_checks

HYPERBAND_FACTOR = 3  # KerasTuner's: of epochs from round to round

if TYPE_CHECKING:
    from tuning.trials.abandonment import Abandonment


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a command line asks for, held against the data set.

    Args:
        data: that the command line names.
        recipe: what stays fixed.
        rule: by which trials are given up; none = never.
        left_out: the fold of `data` whose patients aren't seen.
    """

    options: Options
    data: DataSet
    space: Space
    recipe: Recipe
    left_out: str | None = None

    @property
    def folds(self) -> tuple[str, ...]:
        """Names of the folds that trials are judged by, of all repeats."""
        if self.options.folds:
            folds = tuple(map(str, range(self.options.folds)))
            return repeats.names(folds, self.options.repeats)
        return fold_names(self.data.groups, self.data.task.split) or ("",)

    @property
    def rule(self) -> "Abandonment | None":
        """Rounds of Hyperband are ranked, so all of their folds count."""
        options = self.options
        if options.exact or options.tuner == "hyperband" or len(self.folds) == 1:
            return None
        from tuning.trials.abandonment import Abandonment  # it loads scipy.stats

        return Abandonment(p=options.abandon)

    def budget(self, sweep: Sweep) -> Budget:
        """Of one sweep: with outer folds, all sweeps share the time alike."""
        seconds = command_line.seconds(self.options.budget, "--budget")
        if seconds is not None:
            seconds /= 1 + self.options.outer_folds
        return Budget(sweep.path, seconds)

    @property
    def settings(self) -> Settings:
        """What must not change."""
        options = self.options
        rule = self.rule
        return Settings(
            tuner=options.tuner,
            objective=options.objective,
            direction=objectives.named(options.objective).direction,
            aggregate=options.aggregate,
            folds=self.folds,
            repeats=options.repeats,
            seed=self.recipe.seed,
            data_digest=self.data.digest,
            space_digest=self.space.digest,
            recipe_digest=config_files.digest(self.recipe),
            code=code_version.to_fields(code_version.current()),
            deterministic=options.deterministic,
            abandonment=None if rule is None else dataclasses.asdict(rule),
            left_out=self.left_out,
            outer_folds=0 if self.left_out else options.outer_folds,
        )


def check(search: Search) -> None:
    """Refuses what no trial could be trained with.

    Raises:
        UsageError: Optuna is not installed, an objective that the target has not, a
            space that does not fit the recipe, or a recipe that does not fit the data.
    """
    if search.options.tuner == "optuna":
        optuna_installed.check()
    objective = objectives.named(search.options.objective)
    output = outputs_of_task(search.data.task)[0]
    objective.check(output)
    if search.options.aggregate == "pooled" and not objective.from_predictions(
        output.kind
    ):
        raise UsageError(
            f"{objective.name} of a {output.kind.name} can't be pooled over folds: "
            "their numbers are standardised each by its own. Take --aggregate mean"
        )
    note = redealt.note(search.data, search.left_out) if search.options.folds else ""
    if note:
        print(note, file=sys.stderr)
    if search.rule is not None and not _has_contributions(objective, output.kind):
        print(
            f"{objective.name} is no mean over patients: no trial is given up by it",
            file=sys.stderr,
        )
    if search.options.tuner == "hyperband":
        _check_first_round(search.recipe)
    own_folds = fold_names(search.data.groups, search.data.task.split)
    weights_from = search.options.weights_from
    sentences = recipes.check(
        search.space,
        search.recipe,
        search.data,
        own_folds or ("",),
        weights_from=weights_from,
    )
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    recipe_checks.check(
        search.recipe,
        search.data,
        fold=own_folds[0] if own_folds else None,
        weights_from=weights_from,
    )


def _has_contributions(objective: Objective, kind: TargetKind) -> bool:
    """Whether patients have a share in the objective that can be tested."""
    if not objective.from_predictions(kind):
        return False
    return not isinstance(objective.form(kind), Other)


def _check_first_round(recipe: Recipe) -> None:
    """Refuses a recipe that can't be trained with the epochs of the first round."""
    epochs = recipe.optimisation.epochs
    while epochs >= HYPERBAND_FACTOR:
        epochs = math.ceil(epochs / HYPERBAND_FACTOR)
    try:
        edit(recipe, "optimisation.epochs", epochs)
    except UsageError as error:
        raise UsageError(
            f"hyperband begins with rounds of few epochs, here {epochs}: {error}. "
            "Change the recipe, or take another --tuner"
        ) from error


def opened_or_begun(path: Path, search: Search) -> Sweep:
    """The sweep at `path`, made where there is none.

    Raises:
        UsageError: it was begun with something else, as `redeal`, or the recipe does
            not fit the folds.
        DataError: it can't be written.
    """
    if sweeps.is_there(path):
        sweep = same_sweep.checked(
            sweeps.opened(path),
            search.settings,
            space=search.space,
            recipe=search.recipe,
            accept_changed_code=search.options.accept_changed_code,
        )
        print(f"Going on with the sweep in {path}", file=sys.stderr)
        return sweep
    return sweeps.begin(
        path,
        settings=search.settings,
        recipe=search.recipe,
        space=spaces.to_toml(search.space),
        deal=_dealing(search),
    )


def _dealing(search: Search) -> Callable[[Path], None] | None:
    if not search.options.folds:
        return None

    def deal(to: Path) -> None:
        dealt = redealt.redeal(
            search.data,
            to,
            folds=search.options.folds,
            seed=search.recipe.seed,
            leave_out=search.left_out,
        )
        recipe_checks.check(
            search.recipe,
            dealt,
            fold="0",
            weights_from=search.options.weights_from,
        )
        for repeat in range(1, search.options.repeats):
            redealt.repeat(dealt, sweeps.repeat_path(to, repeat), repeat)

    return deal
