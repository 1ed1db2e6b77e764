"""What stands at the end of a run: the model file, its predictions, the evidence."""

import shutil
from pathlib import Path

import keras

from pipelines import dataset, files
from pipelines.records.data_set import DataSet
from zoo.evidence import kinds, report
from zoo.learning import clinical
from zoo.learning.collecting import collect
from zoo.learning.inference import Inference
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
    for aim in run.aims:
        found = collect(answers, aim, run.fold)
        kinds.KINDS[aim.kind].write(run.predictions_of(aim.target.name), found)
    clinical.write(run, data)
    evaluation = run.recipe.evaluation
    return report.write(
        run.path,
        confidence=evaluation.confidence,
        bootstrap=evaluation.bootstrap,
        seed=run.recipe.seed,
    )
