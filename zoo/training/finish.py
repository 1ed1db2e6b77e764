"""What stands at the end of a run: the model file, its predictions, the evidence."""

import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import keras

import pipelines
from pipelines.batches import dataset
from pipelines.batches.damaged_records import guard
from pipelines.errors import DataError
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.splits.roles import roles
from pipelines.storage import atomic_files
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file, unknown_file
from zoo.evaluation.results.settings import of_recipe
from zoo.runs import features
from zoo.runs.run import Run
from zoo.training.baseline import covariate_baseline
from zoo.training.data import split_checks
from zoo.training.data.split_checks import SPLITS, Targets
from zoo.training.data.training_data import batch_settings
from zoo.training.loop.inference import Inference, ModelOutputs
from zoo.training.model_predictions import collect, collect_features, collect_unknown


def conclude(run: Run, data: DataSet, best_model: Path, targets: Targets) -> dict:
    """Writes model.keras and what it gives: predictions, features, the evidence.

    That is predictions.csv, features.npz, baseline.csv, metrics.json and figures/, and
    unknown.csv where classes are held out. The predictions come from the model file as
    anybody would load it. One that is there already gives way only to a file that
    loads.

    Args:
        best_model: the kept checkpoint.
        targets: of the samples by split; what has none is left out, and so is the test
            split of a run that leaves it.
    Returns:
        The content of metrics.json.
    Raises:
        DataError: the kept checkpoint is damaged.
    """
    with atomic_files.replacing(run.model_path) as aside:
        shutil.copyfile(best_model, aside)
        model = _loaded(aside, best_model)
    model_outputs = _model_outputs(run, model, data, targets)
    for target_output in run.target_outputs:
        predictions = collect(model_outputs, target_output, run.fold)
        path = run.predictions_of(target_output.target.name)
        predictions_file.write(path, predictions)
    unknown_outputs = _unknown_outputs(run, model, data)
    if run.task.target.held_out_classes:
        class_of = held_out_classes.class_of_samples(data)
        (main, *_) = run.target_outputs
        unknown = collect_unknown(unknown_outputs, main, run.fold, class_of)
        unknown_file.write(run.unknown_path, unknown)
    features.write(run.features_path, collect_features(model_outputs, unknown_outputs))
    covariate_baseline.write(run, data)
    return run_evaluation.write(run.path, settings=of_recipe(run.recipe))


def _loaded(copy: Path, original: Path) -> keras.Model:
    """The model of a file, every byte of which is as it was written."""
    try:
        with zipfile.ZipFile(copy) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"{damaged} in it has another checksum")
        return keras.models.load_model(copy, compile=False)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"the model of the best epoch, {original}, is damaged ({error}). Copy it "
            "again if the run was copied, else begin the run anew"
        ) from error


def write_features(run: Run, data: DataSet, path: Path) -> None:
    """Writes the features.npz of a finished run, as training does today.

    Args:
        data: that the run was trained on.

    Raises:
        DataError: a damaged shard or model.
    """
    with guard(data):
        model = _loaded(run.model_path, run.model_path)
        model_outputs = _model_outputs(
            run, model, data, split_checks.targets(data, run.fold)
        )
        unknown_outputs = _unknown_outputs(run, model, data)
    features.write(path, collect_features(model_outputs, unknown_outputs))


def _model_outputs(
    run: Run, model: keras.Model, data: DataSet, targets: Targets
) -> Mapping[str, ModelOutputs]:
    """What the run's model file says of every split, features among it."""
    inference = Inference(model, features=True)
    model_outputs = {}
    left = ("test",) if run.leaves_test else ()
    settings = vars(batch_settings(run.recipe, run.fold, run.standards))
    for split in SPLITS:
        if len(targets[split]) and split not in left:
            batches = pipelines.read_batches(data, split, **settings)
            model_outputs[split] = inference.predict(batches, name=split, progress=True)
    return model_outputs


def _unknown_outputs(
    run: Run, model: keras.Model, data: DataSet
) -> Mapping[str, ModelOutputs]:
    """Likewise of the samples whose class is held out."""
    inference = Inference(model, features=True)
    settings = batch_settings(run.recipe, run.fold, run.standards)
    played = roles(data.groups, data.task.split, run.fold)
    there = {played[row.group] for row in held_out_classes.rows(data)}
    left = ("test",) if run.leaves_test else ()
    return {
        split: inference.predict(
            dataset.held_out_batches(data, settings, split=split),
            name=f"{split}, unknown classes",
            progress=True,
        )
        for split in SPLITS
        if split in there and split not in left
    }
