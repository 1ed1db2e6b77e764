"""What stands at the end of a run: the model file, its predictions, the evidence."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import keras

import pipelines
from pipelines.batches import dataset
from pipelines.records.data_set import DataSet
from pipelines.storage import atomic_files
from zoo.evaluation import run_evaluation, target_kinds
from zoo.runs import features
from zoo.runs.run import Run
from zoo.training.baseline import covariate_baseline
from zoo.training.data import split_checks
from zoo.training.data.split_checks import SPLITS, Targets
from zoo.training.loop.inference import Answers, Inference
from zoo.training.model_predictions import collect, collect_features


def conclude(run: Run, data: DataSet, best_model: Path, targets: Targets) -> dict:
    """Writes model.keras and what it gives: predictions, features, the evidence.

    That is predictions.csv, features.npz, baseline.csv, metrics.json and figures/. The
    predictions come from the model file as anybody would load it.

    Args:
        best_model: the kept checkpoint.
        targets: of the samples by split; what has none is left out, and so is the test
            split of a run that leaves it.
    Returns:
        The content of metrics.json.
    """
    with atomic_files.replacing(run.model_path) as aside:
        shutil.copyfile(best_model, aside)
    answers = _answers(run, data, targets)
    for target_output in run.target_outputs:
        predictions = collect(answers, target_output, run.fold)
        target_kinds.KINDS[target_output.kind].write(
            run.predictions_of(target_output.target.name), predictions
        )
    features.write(run.features_path, collect_features(answers))
    covariate_baseline.write(run, data)
    evaluation = run.recipe.evaluation
    return run_evaluation.write(
        run.path,
        confidence=evaluation.confidence,
        bootstrap=evaluation.bootstrap,
        seed=run.recipe.seed,
    )


def write_features(run: Run, data: DataSet, path: Path) -> None:
    """Writes the features.npz of a finished run, as training does today.

    Args:
        data: that the run was trained on.

    Raises:
        DataError: a damaged shard.
    """
    with dataset.guard(data):
        answers = _answers(run, data, split_checks.targets(data, run.fold))
    features.write(path, collect_features(answers))


def _answers(run: Run, data: DataSet, targets: Targets) -> Mapping[str, Answers]:
    """What the run's model file says of every split, features among it."""
    model = keras.models.load_model(run.model_path, compile=False)
    inference = Inference(model, features=True)
    answers = {}
    left = ("test",) if run.leaves_test else ()
    for split in SPLITS:
        if len(targets[split]) and split not in left:
            batches = pipelines.read_batches(
                data,
                split,
                fold=run.fold,
                channels=run.recipe.sequences,
                normalisation=run.recipe.normalisation,
                encoding=run.standards.encoding,
                batch_size=run.recipe.optimisation.batch_size,
            )
            answers[split] = inference.answer(batches, name=split, progress=True)
    return answers
