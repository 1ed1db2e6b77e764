"""An ensemble whose members are of several tasks as a SavedModel."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.prediction import predictor
from zoo.serving import tasks_description
from zoo.serving.exporting import (
    figures,
    model_file,
    near_ties,
    precisions,
    saved_model,
    served_tasks,
)
from zoo.serving.exporting.difference import Answers
from zoo.serving.exporting.export_request import ExportRequest
from zoo.serving.exporting.gated import TOLERANCES
from zoo.serving.exporting.held_to_tasks import HeldToTasks
from zoo.serving.exporting.member import of_run
from zoo.serving.exporting.served_tasks import ServedTasks
from zoo.serving.gate import check
from zoo.serving.model_root import batching
from zoo.serving.tasks_description import TasksDescription

Say = Callable[[str], None]


def described(request: ExportRequest) -> TasksDescription:
    """The tasks of an ensemble, and their inputs."""
    return tasks_description.of_groups(request.ensemble.names, request.groups)


def served(request: ExportRequest) -> ServedTasks:
    """The networks of an ensemble, answering together.

    Raises:
        DataError: a model that can't be loaded.
    """
    networks = {
        member.name: [
            of_run(
                run,
                precisions.rebuilt(run, predictor.network_of(run), request.precision),
            )
            for run in (member.runs[fold] for fold in request.ensemble.folds)
        ]
        for group in request.groups
        for member in group.members
    }
    return served_tasks.of_members(described(request), networks, request.ensemble)


def write(
    directory: Path,
    request: ExportRequest,
    served: ServedTasks,
    expected: HeldToTasks,
    say: Say,
) -> None:
    """Writes a version and holds it to what `zoo.predict` says of the ensemble.

    Raises:
        DataError: what a server would refuse, or other answers.
    """
    answers, differences = expected.answers, []
    if request.precision != "float32":
        answers = _halved(served, expected)
        differences.append(expected.difference(answers, request.precision))
        say(str(differences[0]))
    known = figures.of_ensemble(request.path)
    if not figures.any_metrics(known):
        say(f"{request.path} has not been judged: {model_file.FILE} has no figures")
    tasks = described(request)
    text = model_file.text(
        request.runs,
        name=request.name,
        version=request.version,
        precision=request.precision,
        figures=known,
        differences=differences,
        ensemble=request.ensemble,
        tasks=_facts(request, tasks),
    )
    texts = {
        "task": tasks.tasks[0].description.to_json(),
        "model": text,
        "spec": tasks.tasks[0].description.task.spec,
        tasks_description.OUTPUT: tasks.to_json(),
    }
    saved_model.write_files(
        directory,
        served,
        texts,
        {task.input: task.description.task for task in tasks.tasks},
        name=request.name,
        batch_sizes=batching.allowed_sizes(request.root),
    )
    say("holding it to the ensemble, as a server loads it")
    number = len(next(iter(expected.records.values())))
    tolerance = TOLERANCES[request.precision]
    targets = request.ensemble.target_outputs
    report = check.check(
        directory,
        volumes=expected.records,
        expected={
            **near_ties.without(answers, targets, tolerance),
            **{name: np.array([said] * number) for name, said in texts.items()},
        },
        tolerance=tolerance,
        python=request.server_python,
        on_gpu=request.precision == "float16",
    )
    report.require_passed()
    say(str(report))


def _facts(request: ExportRequest, tasks: TasksDescription) -> list[dict]:
    """Of each task what model.json says, with the digests of its data sets."""
    facts = []
    for task, group in zip(tasks.tasks, request.groups, strict=True):
        digests = dict.fromkeys(member.run.data_digest for member in group.members)
        facts.append(
            {
                "input": task.input,
                "task": task.description.task.name,
                "spec": task.description.task.spec,
                "channels": list(task.description.channels),
                "covariates": list(task.description.covariates),
                "data_digests": list(digests),
            }
        )
    return facts


def _halved(served: ServedTasks, expected: HeldToTasks) -> Answers:
    """Of the function that is saved, one sample at a time."""
    graph = tf.function(served.of_examples, autograph=False, jit_compile=False)
    number = len(next(iter(expected.records.values())))
    each = [
        graph(
            {
                name: tf.constant(own[i : i + 1])
                for name, own in expected.records.items()
            }
        )
        for i in range(number)
    ]
    return {
        name: predictor.as_numpy(tf.concat([one[name] for one in each], axis=0))
        for name in each[0]
    }
