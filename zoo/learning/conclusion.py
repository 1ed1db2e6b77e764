"""What stands at the end of a run: the model file, its predictions, the evidence."""

import shutil
from pathlib import Path

import keras
import numpy as np

from pipelines import dataset, files
from pipelines.records.data_set import DataSet
from zoo.evidence import predictions, report
from zoo.evidence.predictions import Predictions
from zoo.learning import clinical
from zoo.learning.inference import Answers, Inference
from zoo.learning.splits import SPLITS, Targets
from zoo.run import Run


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
    with files.replacing(run.model_path) as aside:
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
    predictions.write(run.predictions_path, collect(answers, run))
    clinical.write(run, data)
    evaluation = run.recipe.evaluation
    return report.write(
        run.path,
        confidence=evaluation.confidence,
        bootstrap=evaluation.bootstrap,
        seed=run.recipe.seed,
    )


def collect(answers: dict[str, Answers], run: Run) -> Predictions:
    """The answers of all splits, one after the other."""
    parts = list(answers.values())
    samples = [len(part.target) for part in parts]
    return Predictions(
        sample_id=sum((part.sample_id for part in parts), ()),
        patient_id=sum((part.patient_id for part in parts), ()),
        split=tuple(np.repeat(list(answers), samples).tolist()),
        fold=(run.fold or "",) * sum(samples),
        label=np.concatenate([part.target[:, 0] for part in parts]).astype(np.int64),
        probabilities=np.concatenate([one.outputs["probabilities"] for one in parts]),
        logits=np.concatenate([one.outputs["logits"] for one in parts]),
        classes=run.classes,
    )
