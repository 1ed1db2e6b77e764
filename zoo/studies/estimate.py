"""How long a study takes and how much disk it fills, roughly, before it begins."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.phantoms import estimate as phantom_estimate
from pipelines.phantoms import plans
from pipelines.phantoms.plans.study_plan import DEFAULT_SCALE, StudyPlan
from pipelines.tables import table_file
from pipelines.tasks import by_image
from pipelines.tasks.task import Task
from pipelines.terminal.table import align
from zoo.recipes.recipe import Recipe
from zoo.studies import quick_tasks, runner, steps, training_cost
from zoo.studies.request import Request
from zoo.studies.steps import Step
from zoo.studies.training_cost import MOST_CORES, Cost

# Processor seconds, measured as those of `training_cost` are.
_START_SECONDS = 3.0
_VOXEL_SECONDS = 5e-7  # of the task's grid, reading and resampling among them
_N4_SECONDS = 5.0  # a sequence
_RIGID_SECONDS = 4.0  # a sequence
_OTHER_SECONDS = 4.0  # an ensemble, a comparison, a table of patients
_BYTES_A_VOXEL = 2


@dataclass(frozen=True, kw_only=True)
class Patients:
    """Whom a data set is made of.

    Args:
        read: studies, those that are left out among them.
        samples: that come into it.
    """

    read: int
    samples: int


def costs(
    request: Request, recipes: dict[str, Recipe], cores: int
) -> list[tuple[Step, Cost]]:
    """Of each step, in order; of one core they are processor seconds."""
    known: dict[Path, Cost] = {}
    patients = _patients(request)
    for protocol in request.protocols:
        known |= _of_protocol(request, recipes, patients, protocol, cores)
    return [
        (step, _of_step(request, step, known, cores)) for step in steps.steps(request)
    ]


def left(
    request: Request, recipes: dict[str, Recipe], cores: int
) -> list[tuple[Step, Cost]]:
    """Of each step that is still to be run, in order."""
    return [
        (step, cost)
        for step, cost in costs(request, recipes, cores)
        if not runner.record(request, step).is_file()
    ]


def _of_protocol(
    request: Request,
    recipes: dict[str, Recipe],
    patients: Patients | None,
    protocol: str,
    cores: int,
) -> dict[Path, Cost]:
    """Of each data set and each run, by its directory."""
    quick = quick_tasks.quick_tasks(request)
    known = {}
    for training in request.trainings:
        name = training.task or request.study.task
        task = quick.get(name) or request.task_of(training)
        samples = patients and patients.samples
        if protocol and samples is not None:  # images are dealt
            samples *= task.grid.shape[0]
        ingest = _ingest(task, patients, cores)
        known[steps.data_path(request, name, protocol)] = ingest
        seen = by_image.of_images(task) if protocol else task
        cost = training_cost.of(recipes[training.name], seen, samples, cores)
        known[steps.run_path(request, training.name + protocol)] = cost
    return known


def _of_step(request: Request, step: Step, known: dict[Path, Cost], cores: int) -> Cost:
    if step.module == "pipelines.phantom":
        coming = phantom_estimate.estimate(**_size(request), workers=cores)
        return Cost(seconds=coming.seconds, megabytes=coming.megabytes)
    return known.get(step.output, Cost(seconds=_OTHER_SECONDS, megabytes=1.0))


def _size(request: Request) -> dict[str, object]:
    scale = DEFAULT_SCALE if request.scale is None else request.scale
    plan = plans.load(request.study.phantom.plan)
    return {"plan": plan, "scale": scale, "quick": request.quick}


def _patients(request: Request) -> Patients | None:
    """Of a phantom by its plan, else by the rows of labels; none = nobody knows."""
    if request.kind == "phantom":
        size = _size(request)
        plan: StudyPlan = size.pop("plan")
        taken = plan.number_of_patients(**size)
        left_out = [
            plan.number_left_out(row, **size)
            for row in plan.left_out
            if row.why != "no_images"
        ]
        return Patients(
            read=taken + sum(left_out), samples=round(taken * _samples_each(plan))
        )
    table = request.labels or (request.source if request.kind == "table" else None)
    if table is None:
        return None
    rows = len(table_file.read(table).rows)
    return Patients(read=rows, samples=rows)


def _samples_each(plan: StudyPlan) -> float:
    """Samples of a patient: one, or the series that have a class."""
    if plan.unit == "patient":
        return 1.0
    named = (sequence for sequence in plan.sequences if sequence.truth is not None)
    return sum(s.share * (2 if s.truth_high is not None else 1) for s in named)


def _ingest(task: Task, patients: Patients | None, cores: int) -> Cost:
    if patients is None:
        return Cost(seconds=None)
    voxels = math.prod(task.record_shape)
    each = voxels * _VOXEL_SECONDS
    each += task.steps.n4 * len(task.sequences) * _N4_SECONDS
    moved = task.steps.registration != "none"
    each += moved * (len(task.sequences) - 1) * _RIGID_SECONDS
    studies = max(patients.read, patients.samples)
    return Cost(
        seconds=_START_SECONDS + studies * each / cores,
        megabytes=patients.samples * voxels * _BYTES_A_VOXEL / 1e6,
    )


def text(request: Request, recipes: dict[str, Recipe]) -> str:
    """The table for the terminal; "" where nothing is left to run."""
    cores = min(os.cpu_count() or 1, MOST_CORES)
    to_run = left(request, recipes, cores)
    if not to_run:
        return ""
    rows = [(step.name, _time(cost), _disk(cost.megabytes)) for step, cost in to_run]
    rows.append(_total([cost for _, cost in to_run]))
    done = len(steps.steps(request)) - len(to_run)
    words = f"what {'is left' if done else 'comes'}, roughly, on {cores} idle cores"
    lines = [
        f"{request.name}: {words} (a training ends earlier where it stops early):",
        align([("step", "time", "disk"), *rows]),
        *_busy(cores),
    ]
    return "\n".join(lines)


def _total(all_costs: Sequence[Cost]) -> tuple[str, str, str]:
    seconds = sum(cost.seconds or 0 for cost in all_costs)
    some = any(cost.seconds is None for cost in all_costs)
    words = f"{_words(seconds)}{' and what is not known' if some else ''}"
    return "in all", words, _disk(sum(cost.megabytes for cost in all_costs))


def _busy(cores: int) -> list[str]:
    """Whether others want the cores, too, where the system can say."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load < cores / 2:
        return []
    times = (load + cores) / cores
    return [
        f"the machine is busy (load {load:.1f} on {cores} cores): up to {times:.1f} "
        "times as long"
    ]


def _time(cost: Cost) -> str:
    return "not known" if cost.seconds is None else _words(cost.seconds)


def _words(seconds: float) -> str:
    """In the unit that leaves one or two digits.

    >>> [_words(seconds) for seconds in (42, 600, 20_000, 900_000)]
    ['42 s', '10 min', '5.6 h', '10 days']
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86_400:.0f} days"


def _disk(megabytes: float) -> str:
    if megabytes >= 1000:
        return f"{megabytes / 1000:.1f} GB"
    return f"{max(1, round(megabytes))} MB"
