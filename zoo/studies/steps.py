"""The steps of a study: commands of the project, in order, and what each one leaves."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.tasks.task import Split
from zoo.studies.claim import Claim
from zoo.studies.request import Request, file_name
from zoo.studies.study import Ensemble, Training
from zoo.studies.table import Row


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command of the project.

    Args:
        name: of the step, unique in the study.
        module: that is run, e.g. `"zoo.train"`.
        arguments: as they would be typed.
        output: the directory that it makes.
        again: arguments where the output is there, of an attempt that was cut short;
            none = an output that is there is whole.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    output: Path
    again: tuple[str, ...] | None = None

    @property
    def command(self) -> tuple[str, ...]:
        """What is run, from the beginning."""
        return (sys.executable, "-m", self.module, *self.arguments)

    def shown(self, private: Mapping[str, str]) -> str:
        """The command line without places of the user's own.

        Args:
            private: what stands for each of them.
        """
        line = " ".join(("python -m", self.module, *self.arguments))
        for place in sorted(private, key=len, reverse=True):
            line = line.replace(place, private[place])
        return line


def steps(request: Request) -> tuple[Step, ...]:
    """All of them, in the order in which they are run."""
    return tuple(_steps(request))


def private_places(request: Request) -> dict[str, str]:
    """Paths that no log and no page may hold, and what stands for them."""
    named = {request.out: "OUT", request.source: "SOURCE", request.labels: "LABELS"}
    named |= {request.masks: "MASKS", request.key: "KEY"}
    return {str(path): word for path, word in named.items() if path is not None}


def run_path(request: Request, name: str) -> Path:
    """The directory of a training or an ensemble."""
    return request.out / "runs" / name


def data_path(request: Request, task: str, protocol: str) -> Path:
    """The data set of a task."""
    return request.out / "datasets" / f"{file_name(task)}{protocol}"


def quick_task_path(request: Request, task: str) -> Path:
    """The task as --quick changes it."""
    return request.out / "tasks" / f"{file_name(task)}.toml"


def recipe_path(request: Request, training: Training) -> Path:
    """The recipe as it is trained."""
    return request.out / "recipes" / f"{training.name}.toml"


def made_ensembles(request: Request) -> tuple[Ensemble, ...]:
    """Those all of whose members are trained."""
    trained = {training.name for training in request.trainings}
    return tuple(e for e in request.study.ensemble if trained >= set(e.of))


def made_claims(request: Request) -> tuple[Claim, ...]:
    """Those all of whose models are made."""
    made = {run.name for run in (*request.trainings, *made_ensembles(request))}
    return tuple(claim for claim in request.study.compare if made >= {*claim.runs})


def subgroups_path(request: Request, row: Row, protocol: str) -> Path:
    """Where a run is judged on the groups of a row."""
    column = row.by.partition(":")[0]
    return request.out / "subgroups" / f"{row.of}{protocol}-{column}"


def comparison_path(request: Request, claim: Claim) -> Path:
    """Where what is tested stands."""
    return request.out / "comparisons" / claim.name


def _steps(request: Request) -> Iterator[Step]:
    if request.kind == "phantom":
        yield _phantom(request)
    tasks = {training.task or request.study.task for training in request.trainings}
    for protocol in request.protocols:
        for task in (task for task in request.study.tasks if task in tasks):
            yield _ingest(request, task, protocol)
        for training in request.trainings:
            yield _train(request, training, protocol)
        for ensemble in made_ensembles(request):
            yield _ensemble(request, ensemble, protocol)
        yield from _evaluations(request, protocol)
    if request.study.demographics is not None:
        yield _describe(request)
    for claim in made_claims(request):
        yield _compare(request, claim)


def _phantom(request: Request) -> Step:
    plan = request.study.phantom.plan
    out = request.out / "cohort"
    words = [str(out), "--plan", plan, "--seed", str(request.seed or 0)]
    words += [] if request.scale is None else ["--scale", f"{request.scale:g}"]
    words += ["--quick"] if request.quick else []
    return Step(
        name="phantom", module="pipelines.phantom", arguments=tuple(words), output=out
    )


def _ingest(request: Request, task: str, protocol: str) -> Step:
    out = data_path(request, task, protocol)
    quick = request.quick and request.study.quick_task
    named = str(quick_task_path(request, task)) if quick else task
    words = [*_cohort(request), "--task", named, "--out", str(out)]
    words += ["--key", str(request.key or request.out / "project.key")]
    words += ["--split-by", "image"] if protocol else []
    name = f"ingest-{file_name(task)}{protocol}"
    words += ["--allow-rejects"]
    return Step(
        name=name, module="pipelines.ingest", arguments=tuple(words), output=out
    )


def _cohort(request: Request) -> list[str]:
    """What names the patients to `pipelines.ingest`."""
    if request.kind != "phantom":
        words = [f"--{request.kind}", str(request.source)]
        words += ["--labels", str(request.labels)] if request.labels else []
        return words + (["--masks", str(request.masks)] if request.masks else [])
    cohort = request.out / "cohort"
    words = ["--dicom", str(cohort / "dicom")]
    words += ["--labels", str(cohort / "labels.csv")]
    return words + (
        ["--masks", str(cohort / "masks.csv")] if request.study.masks else []
    )


def _describe(request: Request) -> Step:
    data, out = data_path(request, request.study.task, ""), request.out / "patients"
    return Step(
        name="describe",
        module="pipelines.describe",
        arguments=(str(data), "--by", "class", "--out", str(out)),
        output=out,
    )


def _train(request: Request, training: Training, protocol: str) -> Step:
    out = run_path(request, training.name + protocol)
    data = data_path(request, training.task or request.study.task, protocol)
    place = ["--data", str(data), "--out", str(out)]
    how = []
    if training.folds:
        how += ["--folds", "all"]
        split = request.task_of(training).split
        how += ["--judge-test"] if _has_holdout(split) else []
    begun = ["--recipe", str(recipe_path(request, training)), *place, *how]
    again = ("--resume", *place, *how)
    name = f"train-{training.name}{protocol}"
    return Step(
        name=name,
        module="zoo.train",
        arguments=tuple(begun),
        output=out,
        again=again,
    )


def _has_holdout(split: Split) -> bool:
    """Whether patients were set aside before folding."""
    return split.kind == "folds" and split.holdout > 0


def _ensemble(request: Request, ensemble: Ensemble, protocol: str) -> Step:
    out = run_path(request, ensemble.name + protocol)
    members = [str(run_path(request, name + protocol)) for name in ensemble.of]
    words = [*members, "--rule", ensemble.rule, "--out", str(out)]
    return Step(
        name=f"ensemble-{ensemble.name}{protocol}",
        module="zoo.ensemble",
        arguments=tuple(words),
        output=out,
    )


def _evaluations(request: Request, protocol: str) -> Iterator[Step]:
    """Of every run whose groups of patients a table shows."""
    trained = {training.name: training for training in request.trainings}
    rows = (row for table in request.study.table for row in table.rows if row.by)
    asked = {(row.of, row.by): row for row in rows if row.of in trained}
    for (name, by), row in asked.items():
        task = trained[name].task or request.study.task
        out = subgroups_path(request, row, protocol)
        words = [str(run_path(request, name + protocol)), "--by", by]
        words += ["--data", str(data_path(request, task, protocol))]
        yield Step(
            name=f"subgroups-{out.name}",
            module="zoo.evaluate",
            arguments=(*words, "--out", str(out)),
            output=out,
        )


def _compare(request: Request, claim: Claim) -> Step:
    out = comparison_path(request, claim)
    part = ":holdout" if claim.holdout else ""
    sources = [f"{run_path(request, name)}{part}" for name in claim.models]
    how = ["--gains"] if claim.gains else ["--reference", sources[0]]
    words = [*sources, *how, "--figure", claim.figure]
    words += ["--split", claim.split] if claim.split else []
    words += ["--fold-mean"] if claim.fold_mean else []
    return Step(
        name=f"compare-{claim.name}",
        module="zoo.compare",
        arguments=(*words, "--out", str(out)),
        output=out,
    )
