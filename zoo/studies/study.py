"""A study: a task, recipes, what is done with them, and what the paper printed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipelines.storage import package_files
from zoo.studies.claim import Claim
from zoo.studies.table import Row, Table

_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-"


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """The synthetic cohort that stands in for the paper's patients.

    Args:
        plan: a plan of `python -m pipelines.phantom --plan`.
    """

    plan: str


@dataclass(frozen=True, kw_only=True)
class Training:
    """One `zoo.train`: a recipe, what changes in it, and on which data set.

    Args:
        name: of the run.
        recipe: a shipped one, or a `.toml` file.
        changes: other values of its fields, by name.
        quick: further ones under `--quick`.
        task: whose data set; "" = the study's. A task is ingested once.
        folds: all folds, of a task that has some.
        variant: not the paper's: trained with `--variants` alone.
        in_quick: whether `--quick` trains it too.
        fine_tuned: that it starts from pretrained weights is the point of it: left out
            by `--weights none`, since a training from scratch stands beside it.
        unlabelled: learns from patients without a label, too: left out where no row of
            labels has an empty cell, and no phantom is without one.
        note: what it is, on the page.
    """

    name: str
    recipe: str
    changes: dict[str, Any] = field(default_factory=dict)
    quick: dict[str, Any] = field(default_factory=dict)
    task: str = ""
    folds: bool = False
    variant: bool = False
    in_quick: bool = True
    fine_tuned: bool = False
    unlabelled: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """One `zoo.ensemble` of trainings by a rule, named as there."""

    name: str
    of: tuple[str, ...]
    rule: str = "mean"

    def __post_init__(self):
        if len(self.of) < 2:
            raise ValueError(
                f"ensemble {self.name!r} wants two members or more. "
                f"Received: {', '.join(self.of) or 'none'}"
            )


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a run, by its file name in the run's figures/."""

    title: str
    of: str
    file: str


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """A setting that differs from the paper's, and why."""

    setting: str
    paper: str
    here: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """A box of the paper's flow of inclusion."""

    number: int
    what: str


@dataclass(frozen=True, kw_only=True)
class Demographics:
    """The paper's table of who its patients were; ours is by `pipelines.describe`.

    Args:
        columns: titles of the groups, and of the test.
        rows: cells as printed, the first says what of.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self):
        for row in self.rows:
            if len(row) != len(self.columns) + 1:
                raise ValueError(
                    f"a row of demographics wants {len(self.columns) + 1} cells. "
                    f"Received: {', '.join(row)}"
                )


@dataclass(frozen=True, kw_only=True)
class Study:
    """A published study, as a value: what is done, and what it is held against.

    Args:
        title: what it asks.
        source: the publication.
        doi: of it, if any.
        task: a shipped task, or a `.toml` file.
        masks: whether its patients come with masks.
        phantom: the synthetic cohort; none = there is no such plan.
        paper: facts of the paper as text, by what they are of; `"?"` = not published.
        flow: the paper's flow of inclusion.
        demographics: the paper's table of its patients; none = it has none.
        training, ensemble, compare, table, figure: see there.
        deviation: where the settings are not the paper's.
        quick_task: under `--quick` other values of its tasks' fields, by name.
        by_image: whether `--split-by image` replicates a paper that deals images.
    """

    title: str
    source: str
    doi: str = ""
    task: str
    masks: bool = False
    by_image: bool = False
    quick_task: dict[str, Any] = field(default_factory=dict)
    phantom: Phantom | None = None
    paper: dict[str, str] = field(default_factory=dict)
    flow: tuple[FlowStep, ...] = ()
    demographics: Demographics | None = None
    train: tuple[Training, ...]
    ensemble: tuple[Ensemble, ...] = ()
    compare: tuple[Claim, ...] = ()
    table: tuple[Table, ...] = ()
    figure: tuple[Figure, ...] = ()
    deviation: tuple[Deviation, ...] = ()

    def __post_init__(self):
        _check_names("run", [run.name for run in (*self.train, *self.ensemble)])
        _check_names("compare", [claim.name for claim in self.compare])
        trained = [training.name for training in self.train]
        runs = [*trained, *(ensemble.name for ensemble in self.ensemble)]
        for ensemble in self.ensemble:
            _check_known(f"ensemble {ensemble.name!r}", ensemble.of, trained)
        for claim in self.compare:
            _check_known(f"compare {claim.name!r}", claim.runs, runs)
        for table in self.table:
            of_rows = [row.of for row in table.rows]
            _check_known(f"table {table.title!r}", of_rows, runs)
            separated = [row.of for row in table.rows if row.by]
            _check_known(f"table {table.title!r}, by groups,", separated, trained)
        _check_cuts([row for table in self.table for row in table.rows if row.by])
        for figure in self.figure:
            _check_known(f"figure {figure.title!r}", [figure.of], runs)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Of all trainings, the study's own first."""
        named = (training.task or self.task for training in self.train)
        return tuple(dict.fromkeys((self.task, *named)))


def _check_names(what: str, names: list[str]) -> None:
    for name in names:
        if not name or set(name) - set(_NAME):
            raise ValueError(
                f"the name of a {what} is of small letters, digits, _ and -. "
                f"Received: {name!r}"
            )
    twice = [name for name, number in Counter(names).items() if number > 1]
    if twice:
        raise ValueError(
            f"every {what} has a name of its own. Received twice: {', '.join(twice)}"
        )


def _check_cuts(rows: list[Row]) -> None:
    """Raises where a run's patients are separated by one column in two ways."""
    ways: dict[tuple[str, str], str] = {}
    for row in rows:
        column = row.by.partition(":")[0]
        if ways.setdefault((row.of, column), row.by) != row.by:
            raise ValueError(
                f"the patients of {row.of} are separated by {column} in one way. "
                f"Received: {ways[row.of, column]} and {row.by}"
            )


def _check_known(who: str, names: Iterable[str], known: list[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"{who} names what the study does not make: {', '.join(unknown)}. It "
            f"makes {', '.join(known)}"
        )


def shipped() -> list[str]:
    """Names of the study files that the package ships."""
    return package_files.names("zoo", "studies")


def load(name_or_path: str) -> Study:
    """Reads a study from a `.toml` file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a study.
    """
    return package_files.load(
        Study, name_or_path, package="zoo", folder="studies", word="study"
    )
