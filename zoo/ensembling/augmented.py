"""Test-time augmentation: one network's answers to changed copies of a volume."""

from collections.abc import Mapping
from pathlib import Path

from pipelines.batches import dataset
from pipelines.batches.damaged_records import guard
from pipelines.records.data_set import DataSet
from zoo.ensembling import gain
from zoo.evaluation import run_evaluation
from zoo.evaluation.figures import style
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.predictions.predictions import Predictions, join, of_split
from zoo.evaluation.results import evidence
from zoo.evaluation.results.description import describe
from zoo.evaluation.results.settings import Settings
from zoo.prediction.predictor import network_of
from zoo.runs import split_by_image
from zoo.runs.run import Run
from zoo.training.data.training_data import batch_settings
from zoo.training.loop.inference import Inference
from zoo.training.model_predictions import collect

_SPLITS = ("validation", "test")


def write(
    run: Run, data: DataSet, *, number: int, settings: Settings, folder: Path
) -> dict:
    """Judges a run with test-time augmentation; writes predictions and evidence.

    The answer to a sample is the mean over the run's own and those to `number` copies,
    changed as training changes volumes, of the validation and the test split. The
    seed is that of the settings. Beside what `run_evaluation.write` documents
    metrics.json has `augmented`: `copies`, `seed`, `split`, `by_objective` (the
    differences from the run without it, see `gain.gains`) and `conclusion`.

    Args:
        data: that the run was trained on.
        number: of changed copies, 1 or more.
        folder: to write to, made if need be.

    Raises:
        DataError: predictions, a shard or a model that is missing or damaged.
    """
    plain = {
        output.target.name: _judged(
            predictions_file.read(run.predictions_of(output.target.name), output.target)
        )
        for output in run.target_outputs
    }
    answers = _answers(run, data, plain, number=number, seed=settings.seed)
    figures = run_evaluation.figures_folder(folder)
    results = {}
    with style.captioned(
        run_evaluation.caption(run.seen_patients, settings, run.split_by)
    ):
        for output in run.target_outputs:
            name = output.target.name
            path = folder / run.predictions_of(name).name
            predictions_file.write(path, answers[name])
            splits = levels_by_split(predictions_file.read(path, output.target))
            result = evidence.evaluate(splits, describe(run.task), settings)
            result["figures"] = run_evaluation.draw(figures, name, splits, result)
            results[name] = result
    main = results[""]
    main["augmented"] = _gain(answers[""], plain[""], number, settings)
    if run.seen_patients:
        main["seen_patients"] = run.seen_patients
    main |= split_by_image.entry(run.split_by)
    return run_evaluation.save(folder, run_evaluation.with_further(results))


def _answers(
    run: Run,
    data: DataSet,
    plain: Mapping[str, Predictions],
    *,
    number: int,
    seed: int,
) -> dict[str, Predictions]:
    """The mean answers by target."""
    inference = Inference(network_of(run))
    settings = batch_settings(run.recipe, run.fold, run.standards)
    parts = {name: [predictions] for name, predictions in plain.items()}
    splits = [split for split in _SPLITS if split in plain[""].split]
    with guard(data):
        for copy in range(1, number + 1):
            outputs = {}
            for split in splits:
                batches = dataset.augmented_eval_batches(
                    data,
                    settings,
                    split=split,
                    augmentation=run.recipe.augmentation,
                    seed=seed,
                    number=copy,
                )
                name = f"{split}, copy {copy} of {number}"
                outputs[split] = inference.predict(batches, name=name, progress=True)
            for output in run.target_outputs:
                answered = collect(outputs, output, run.fold)
                parts[output.target.name].append(answered)
    return {name: average.mean(of_target) for name, of_target in parts.items()}


def _judged(predictions: Predictions) -> Predictions:
    """Without the training split."""
    there = [split for split in _SPLITS if split in predictions.split]
    return join([of_split(predictions, split) for split in there])


def _gain(
    mine: Predictions, plain: Predictions, number: int, settings: Settings
) -> dict:
    split = "test" if "test" in mine.split else "validation"
    found = gain.gains(
        of_split(mine, split),
        of_split(plain, split),
        confidence=settings.confidence,
    )
    told = gain.conclusion(found, "the run without it", settings.confidence)
    return {
        "copies": number,
        "seed": settings.seed,
        "split": split,
        "by_objective": found,
        "conclusion": f"{split}, augmented: {told}",
    }
