"""What stands at the end of a run: the model file, its predictions, the evidence."""

import shutil
from pathlib import Path

import keras

from pipelines.batches import dataset
from pipelines.records.data_set import DataSet
from pipelines.storage import atomic_files
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.runs.run import Run
from zoo.training.baseline import covariate_baseline
from zoo.training.data.split_checks import SPLITS, Targets
from zoo.training.loop.inference import Inference
from zoo.training.model_predictions import collect


def conclude(run: Run, data: DataSet, best_model: Path, targets: Targets) -> dict:
    """Writes model.keras, predictions.csv, baseline.csv, metrics.json and figures/.

    The predictions come from the model file as anybody would load it.

    Args:
        best_model: the kept checkpoint.
        targets: of the samples by split; what has none is left out, and so is the test
            split of a run that leaves it.
    Returns:
        The content of metrics.json.
    """
    with atomic_files.replacing(run.model_path) as aside:
        shutil.copyfile(best_model, aside)
    inference = Inference(keras.models.load_model(run.model_path, compile=False))
    answers = {}
    left = ("test",) if run.leaves_test else ()
    for split in SPLITS:
        if len(targets[split]) and split not in left:
            batches = dataset.eval_batches(
                data,
                split=split,
                fold=run.fold,
                channels=run.recipe.sequences,
                normalisation=run.recipe.normalisation,
                encoding=run.standards.encoding,
                batch_size=run.recipe.optimisation.batch_size,
            )
            answers[split] = inference.answer(batches, name=split, progress=True)
    for target_output in run.target_outputs:
        predictions = collect(answers, target_output, run.fold)
        path = run.predictions_of(target_output.target.name)
        predictions_file.write(path, predictions)
    covariate_baseline.write(run, data)
    evaluation = run.recipe.evaluation
    return run_evaluation.write(
        run.path,
        confidence=evaluation.confidence,
        bootstrap=evaluation.bootstrap,
        seed=run.recipe.seed,
    )
