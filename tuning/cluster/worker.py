"""A process that runs trials for a chief, in the directory that both see."""

from collections.abc import Callable
from dataclasses import dataclass

import pipelines
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from tuning.cluster import chief_address, chief_file
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.chief_file import ChiefFile
from tuning.space import space as spaces
from tuning.sweeps import begin, same_sweep
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import Options, seconds
from tuning.trials import code_version
from tuning.trials import sweep as sweeps
from tuning.trials.budget import Budget
from tuning.trials.sweep import Settings, Sweep
from tuning.trials.trial import Trial

_WAIT_SECONDS = 300.0  # for a chief that is started along with its workers


class ChiefsBudget(Budget):
    """The chief's clock as it stood when the worker began; the chief writes it down."""

    is_spent = False

    def note(self) -> None:
        """Nothing: another does."""

    def allows(self, expected_seconds: float) -> bool:
        """As any budget's; remembers that it did not."""
        allowed = super().allows(expected_seconds)
        self.is_spent |= not allowed
        return allowed


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A chief's sweep, as one that works for it sees it.

    Args:
        address: of the chief.
        told: by its file.
        sweep: on disk.
        search: what it searches, with the options of the chief.
    """

    address: ChiefAddress
    told: ChiefFile
    sweep: Sweep
    search: Search

    @property
    def budget(self) -> ChiefsBudget:
        """What is left of the chief's, from now on."""
        total = seconds(self.told.budget, "--budget")
        return ChiefsBudget(self.sweep.path, total)


def joined(options: Options) -> Membership:
    """The sweep of a chief, and what it searches, as its directory tells.

    Raises:
        UsageError: no chief leads it; this worker's data set or code is another, with
            the difference; or what trials want is not here, such as weights.
        DataError: what it tells can't be read.
    """
    address = chief_address.parsed(options.worker, "--worker")
    told = chief_file.waited_for(options.out, _WAIT_SECONDS)
    sweep = sweeps.opened(options.out)
    search = _search(sweep, told, options, pipelines.open_dataset(options.data))
    _check(sweep, search.settings)
    begin.check(search)  # weights that are not here would fail every trial
    return Membership(address=address, told=told, sweep=sweep, search=search)


def _check(sweep: Sweep, mine: Settings) -> None:
    """Raises a UsageError where this worker would train something else."""
    lines = same_sweep.changes(sweep.settings, mine)
    its_code = (sweep.settings.code, *sweep.accepted_code)[-1]
    other_code = code_version.differences(its_code, mine.code)
    if other_code:
        lines.append(f"code here: {other_code}")
    if lines:
        raise UsageError(
            f"this worker does not fit the sweep in {sweep.path}, as it was begun and "
            "as this process has it now:\n  "
            + "\n  ".join(lines)
            + "\nGive --data the same data set, and run the same code, TensorFlow, "
            "Keras and NumPy as the chief"
        )


def _search(sweep: Sweep, told: ChiefFile, options: Options, data: DataSet) -> Search:
    settings = sweep.settings
    rule = settings.abandonment
    chosen = Options(
        data=options.data,
        space=str(sweep.space_path),
        out=options.out,
        worker=options.worker,
        parallel=options.parallel,
        tuner=settings.tuner,
        objective=settings.objective,
        aggregate=settings.aggregate,
        folds=settings.folds_each if sweep.data_path.is_dir() else None,
        repeats=settings.repeats,
        outer_folds=settings.outer_folds,
        exact=rule is None,
        abandon=Options.abandon if rule is None else rule["p"],
        deterministic=settings.deterministic,
        silent=told.silent,
        budget=told.budget,
        max_trials=told.max_trials,
        max_parameters=told.max_parameters,
        max_trial_time=told.max_trial_time,
        weights_from=options.weights_from or told.weights_from,
        recipe=sweep.recipe,
    )
    space = spaces.load(str(sweep.space_path))
    return Search(options=chosen, data=data, space=space, recipe=sweep.recipe)


def run(
    membership: Membership,
    *,
    budget: ChiefsBudget,
    watch: Callable[[Trial], None],
    make_worker: Callable | None = None,
) -> None:
    """Runs trials until the chief has no more.

    Args:
        watch: is told of each trial of this process.
        make_worker: what trains folds, of its environment; none = a process.

    Raises:
        UsageError: no chief answers, or that of another sweep does.
        DataError: a directory can't be written, or the chief is away for too long.
    """
    # They load KerasTuner.
    import keras_tuner

    from tuning.cluster.chief_client import ChiefClient
    from tuning.cluster.shared_worker import SharedWorker
    from tuning.cluster.signs_of_life import SignsOfLife
    from tuning.sweeps import run as running
    from tuning.trials.fold_worker import FoldWorker

    sweep, told = membership.sweep, membership.told
    settings = sweep.settings
    objective = keras_tuner.Objective(settings.objective, settings.direction)

    def asking(environment: dict[str, str]) -> SharedWorker:
        client = ChiefClient(
            membership.address,
            token=told.token,
            sweep=sweep,
            objective=objective,
            is_spent=lambda: budget.is_spent,
        )
        signs = SignsOfLife(client, seconds(told.silent, "--silent"))
        trains = (make_worker or FoldWorker)(environment)
        return SharedWorker(trains, signs=signs, oracle=client)

    running.run(
        sweep,
        membership.search,
        budget=budget,
        watch=watch,
        make_worker=asking,
        share=lambda worker: worker.oracle,
    )
