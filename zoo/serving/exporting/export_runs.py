"""A finished run, all folds of a cross-validation or an ensemble as a SavedModel."""

import os
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import tensorflow as tf

from pipelines.errors import DataError
from zoo.classifier.precision import gpus
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import graph_rules
from zoo.ensembling.ensemble import Ensemble
from zoo.evaluation.last_stage.stage import LastStage
from zoo.prediction import last_stage, predictor
from zoo.runs import cross_validation, disk
from zoo.runs.run import Run
from zoo.serving.exporting import (
    export_tasks,
    figures,
    gated,
    held_to,
    held_to_tasks,
    last_bits,
    model_file,
    onnx_file,
    precisions,
    saved_model,
    stage_facts,
    version_directory,
)
from zoo.serving.exporting.difference import Answers
from zoo.serving.exporting.export_request import ExportRequest
from zoo.serving.exporting.held_to import HeldTo
from zoo.serving.exporting.member import of_run
from zoo.serving.exporting.signatures import ServedModel
from zoo.serving.model_root import batching, folder, registration

Say = Callable[[str], None]


def export(request: ExportRequest, *, say: Say = lambda _: None) -> Path:
    """Writes a version, whole or not at all, and gives it a label.

    The configuration of the model root is made where it has none.

    Args:
        say: is told what is done.

    Returns:
        The directory of the version.

    Raises:
        UsageError: a precision that wants a GPU, and there is none; or the version is
            there by now.
        DataError: another process makes the version, a model that can't be loaded,
            answers other than the run's, what a server would refuse, or a disk that
            can't be written.
    """
    precisions.check(request.precision, gpus())
    with version_directory.reserved(request.target):
        say(f"loading {len(request.runs)} network{'s' if request.runs[1:] else ''}")
        if request.stages:
            say(f"with its last stage: {stage_facts.in_words(request.stages)}")
        if request.groups:
            served = export_tasks.served(request)
            expected = held_to_tasks.of(request, export_tasks.described(request))
        else:
            served = served_model(
                request.runs,
                ensemble=request.ensemble,
                precision=request.precision,
                stages=request.stages,
            )
            expected = held_to.of(request)
        with version_directory.on_disk(request.root):
            folder.fill(request.root)
        with version_directory.new(request.target) as aside:
            say(f"writing version {request.version} of {request.name}")
            write = export_tasks.write if request.groups else _write
            write(aside, request, served, expected, say)
    label = _label(request)
    say(f"version {request.version} of {request.name} is {label}")
    return request.target


def _label(request: ExportRequest) -> str:
    """Has the server load the version, which is whole by now."""
    try:
        return registration.register(request.root, request.name, request.version)
    except (OSError, DataError) as error:
        raise DataError(
            f"{request.target} is whole, but has no label and is not served: {error}. "
            f"Mend that, then run python -m zoo.promote {request.name} "
            f"{request.version} --label stable --root {request.root}, or --label "
            "canary where another version is stable"
        ) from error


def _write(
    directory: Path,
    request: ExportRequest,
    served: ServedModel,
    expected: HeldTo,
    say: Say,
) -> None:
    """Writes a version and holds it to the runs."""
    answers, differences = expected.answers, []
    if request.precision != "float32":
        answers = _halved(served, expected)
        differences.append(expected.difference(answers, request.precision))
    if request.onnx:
        of_file = _with_onnx(directory, request, expected)
        differences.append(expected.difference(of_file, "ONNX"))
    for difference in differences:
        say(str(difference))
    known = figures_of(request.path, request.run)
    if not figures.any_metrics(known):
        say(f"{request.path} has not been judged: {model_file.FILE} has no figures")
    text = model_file.text(
        request.runs,
        name=request.name,
        version=request.version,
        precision=request.precision,
        figures=known,
        differences=differences,
        ensemble=request.ensemble,
        channels=request.run.channels,
        stages=request.stages,
    )
    saved_model.write(
        directory,
        served,
        request.run,
        name=request.name,
        model_text=text,
        batch_sizes=batching.allowed_sizes(request.root),
    )
    say("holding it to the run, as a server loads it")
    rounding = None
    if request.precision == "float32" and predictor.FEATURES in answers:
        rounding = cache(partial(last_bits.share, served, expected.examples.records))
    report = gated.hold(
        directory,
        expected,
        answers,
        saved_model.texts(request.run, text),
        precision=request.precision,
        server_python=request.server_python,
        rounding=rounding,
    )
    say(str(report))


def served_model(
    runs: Sequence[Run],
    *,
    ensemble: Ensemble | None = None,
    precision: str = "float32",
    stages: Sequence[LastStage] = (),
) -> ServedModel:
    """The networks of runs, answering together.

    Args:
        runs: of an ensemble member by member.
        ensemble: how they answer together; none = by their mean.
        precision: of the networks' arithmetic.
        stages: the last stage of each run; empty = their networks answer alone.

    Raises:
        DataError: a model that can't be loaded.
    """
    members = [
        of_run(run, precisions.rebuilt(run, predictor.network_of(run), precision))
        for run in runs
    ]
    combine = None if ensemble is None else graph_rules.combiner(ensemble)
    return ServedModel(runs[0], members, combine, stages)


def figures_of(path: str | os.PathLike, run: Run) -> dict:
    """What is known of how good the model at `path` is."""
    if ensembles.is_there(path):
        return figures.of_ensemble(path)
    if cross_validation.is_there(path):
        return figures.of_folds(cross_validation.opened(path))
    return figures.of_run(run)


def _halved(served: ServedModel, held_to: HeldTo) -> Answers:
    """Of the functions that are saved, one record at a time."""
    functions = [served.of_examples]
    if predictor.FEATURES in held_to.answers:
        functions.append(served.features)
    answers = {}
    for function in functions:
        graph = tf.function(function, autograph=False, jit_compile=False)
        each = [
            graph({"examples": tf.constant([record])})
            for record in held_to.examples.records
        ]
        for name in each[0]:
            values = tf.concat([answer[name] for answer in each], axis=0)
            answers[name] = predictor.as_numpy(values)
    return answers


def _with_onnx(directory: Path, request: ExportRequest, held_to: HeldTo) -> Answers:
    """Writes the file, with the runs' networks in float32; what it answers."""
    assets = directory / saved_model.ASSETS
    assets.mkdir()
    path = assets / onnx_file.FILE
    try:
        networks = served_model(request.runs, ensemble=request.ensemble)
        onnx_file.write(path, networks)
        numbers = onnx_file.answers(path, held_to.volumes)
    except Exception as error:  # the converter and the runtime raise what they like
        if disk.is_full(error):  # which is told by whoever makes the directory
            raise
        first, *_ = f"{error}".splitlines() or [""]
        raise DataError(
            f"{request.path} can't be written as ONNX: {type(error).__name__}: {first}."
            " Leave --onnx out: the SavedModel does not need it"
        ) from error
    answers = last_stage.answer(
        [{name: tf.constant(values) for name, values in numbers.items()}],
        [1.0],
        request.run.target_outputs,
    )
    return {name: predictor.as_numpy(values) for name, values in answers.items()}
