"""A finished run, or all folds of a cross-validation, as a version of a SavedModel."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import tensorflow as tf

from zoo.classifier.precision import gpus
from zoo.prediction import last_stage, predictor
from zoo.prediction.decoded_records import decoded
from zoo.runs import cross_validation
from zoo.runs.run import Run
from zoo.serving.exporting import (
    difference,
    example_records,
    figures,
    model_file,
    onnx_file,
    precisions,
    run_answers,
    saved_model,
    version_directory,
)
from zoo.serving.exporting.difference import Answers, Difference
from zoo.serving.exporting.example_records import Examples
from zoo.serving.exporting.export_request import ExportRequest
from zoo.serving.exporting.member import of_run
from zoo.serving.exporting.signatures import ServedModel
from zoo.serving.gate import check
from zoo.serving.gate.report import GateReport
from zoo.serving.model_root import batching, folder, registration

Say = Callable[[str], None]
# To the run in float32; how far the others are is measured before.
TOLERANCES = {"float32": check.TOLERANCE, "bfloat16": 0.05, "float16": 0.01}


def export(request: ExportRequest, *, say: Say = lambda _: None) -> Path:
    """Writes a version, whole or not at all, and gives it a label.

    The configuration of the model root is made where it has none.

    Args:
        say: is told what is done.

    Returns:
        The directory of the version.

    Raises:
        UsageError: a precision that wants a GPU, and there is none; or another process
            took the version.
        DataError: a model that can't be loaded, answers other than the run's, what a
            server would refuse, or a disk that can't be written.
    """
    precisions.check(request.precision, gpus())
    say(f"loading {len(request.runs)} network{'s' if request.runs[1:] else ''}")
    examples = (
        example_records.made_up(request.run)
        if request.data is None
        else example_records.of_data_set(request.data)
    )
    expected = run_answers.of_records(request, examples.records)
    served = served_model(request.runs, precision=request.precision)
    folder.fill(request.root)
    with version_directory.new(request.target) as aside:
        differences = []
        if request.precision != "float32":
            say(f"comparing {request.precision} with float32")
            differences.append(_of_precision(served, request, examples, expected))
            say(str(differences[-1]))
        if request.onnx:
            say("converting to ONNX, in float32")
            differences.append(_with_onnx(aside, request, examples, expected))
            say(str(differences[-1]))
        say(f"writing version {request.version} of {request.name}")
        text = model_file.text(
            request.runs,
            name=request.name,
            version=request.version,
            precision=request.precision,
            figures=figures_of(request.path, request.run),
            differences=differences,
        )
        saved_model.write(
            aside,
            served,
            request.run,
            name=request.name,
            model_text=text,
            batch_sizes=batching.allowed_sizes(request.root),
        )
        say(f"asking it as the server does, on {examples.source}")
        report = _at_the_gate(aside, request, examples, expected)
        say(str(report))
        report.require_passed()
    label = registration.register(request.root, request.name, request.version)
    say(f"version {request.version} of {request.name} is {label}")
    return request.target


def _at_the_gate(
    directory: Path, request: ExportRequest, examples: Examples, expected: Answers
) -> GateReport:
    run = request.run
    return check.check(
        directory,
        examples=examples.records,
        volumes=decoded(examples.records, run.task, run.recipe.head.covariates),
        expected=expected,
        tolerance=TOLERANCES[request.precision],
        on_gpu=request.precision == "float16",
    )


def served_model(runs: Sequence[Run], *, precision: str = "float32") -> ServedModel:
    """The networks of runs, answering together.

    Raises:
        DataError: a model that can't be loaded.
    """
    members = [
        of_run(run, precisions.rebuilt(run, predictor.network_of(run), precision))
        for run in runs
    ]
    return ServedModel(runs[0], members)


def figures_of(path: str | os.PathLike, run: Run) -> dict:
    """What is known of how good the model at `path` is."""
    if cross_validation.is_there(path):
        return figures.of_folds(cross_validation.opened(path))
    return figures.of_run(run)


def _of_precision(
    served: ServedModel, request: ExportRequest, examples: Examples, expected: Answers
) -> Difference:
    answers = tf.function(served.of_examples, autograph=False, jit_compile=False)
    each = [answers({"examples": tf.constant([record])}) for record in examples.records]
    together = {
        name: predictor.as_numpy(tf.concat([answer[name] for answer in each], axis=0))
        for name in each[0]
    }
    return difference.measure(
        together,
        expected,
        request.run.target_outputs,
        what=request.precision,
        source=examples.source,
    )


def _with_onnx(
    directory: Path, request: ExportRequest, examples: Examples, expected: Answers
) -> Difference:
    """Writes the file too; its networks are those of the runs, in float32."""
    run = request.run
    assets = directory / saved_model.ASSETS
    assets.mkdir()
    path = assets / onnx_file.FILE
    onnx_file.write(path, served_model(request.runs))
    volumes = decoded(examples.records, run.task, run.recipe.head.covariates)
    numbers = onnx_file.answers(path, volumes)
    answers = last_stage.answer(
        [{name: tf.constant(values) for name, values in numbers.items()}],
        [1.0],
        run.target_outputs,
    )
    return difference.measure(
        {name: predictor.as_numpy(values) for name, values in answers.items()},
        expected,
        run.target_outputs,
        what="ONNX",
        source=examples.source,
    )
