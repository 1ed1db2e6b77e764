"""Predictions and run directories to evaluate, made without any training."""

import json
from pathlib import Path

import numpy as np

from pipelines.storage.config_files import plain
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from zoo.evaluation.predictions import predictions_file, unknown_file
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.predictions.predictions import Predictions, join
from zoo.evaluation.predictions.unknown_file import UnknownPredictions
from zoo.evaluation.results import evidence
from zoo.evaluation.results.description import Description
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.runs import history
from zoo.runs.history import Epoch
from zoo.runs.run import Run
from zoo.targets.classification import CLASSIFICATION
from zoo.targets.standardisation import NOTHING


def cohort(
    patients=30,
    classes=("well", "ill"),
    *,
    samples_each=1,
    split="test",
    fold="",
    signal=1.5,
    seed=0,
    name="",
    kind=CLASSIFICATION,
):
    """Patients in turn of every class; scores speak for the truth by `signal`."""
    generator = np.random.default_rng(seed)
    label = np.repeat(np.arange(patients) % len(classes), samples_each)
    rows = len(label)
    person = generator.normal(size=(patients, len(classes)))
    logits = np.repeat(person, samples_each, axis=0)
    logits = logits + 0.3 * generator.normal(size=(rows, len(classes)))
    logits[np.arange(rows), label] += signal
    name = name or f"{split}{fold}"
    return Predictions(
        sample_id=tuple(f"{name}-sample{i:04d}" for i in range(rows)),
        patient_id=tuple(f"{name}-{i // samples_each:04d}" for i in range(rows)),
        split=(split,) * rows,
        fold=(fold,) * rows,
        kind=kind,
        names=tuple(classes),
        truth=label[:, None].astype(float),
        outputs={"prob": softmax(logits), "logit": logits},
    )


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def given(
    label,
    scores,
    classes=("well", "ill"),
    patient=None,
    split="test",
    kind=CLASSIFICATION,
):
    """Two classes with stated scores of class 1."""
    scores = np.asarray(scores, dtype=float)
    rows = len(scores)
    probabilities = np.stack([1 - scores, scores], axis=1)
    return Predictions(
        sample_id=tuple(f"s{i}" for i in range(rows)),
        patient_id=tuple(patient or (f"p{i}" for i in range(rows))),
        split=(split,) * rows,
        fold=("",) * rows,
        kind=kind,
        names=tuple(classes),
        truth=np.asarray(label, float)[:, None],
        outputs={
            "prob": probabilities,
            "logit": np.log(np.maximum(probabilities, 1e-9)),
        },
    )


def three_splits(classes=("well", "ill"), **options):
    return join(
        [
            cohort(40, classes, split="train", signal=3, seed=1, **options),
            cohort(20, classes, split="validation", seed=2, **options),
            cohort(30, classes, split="test", seed=3, **options),
        ]
    )


def evaluated(predictions, settings, **description):
    """What metrics.json says of the predictions."""
    splits = levels_by_split(predictions)
    return evidence.evaluate(splits, Description(**description), settings)


def metrics_of(predictions, settings):
    """Of the one split of the predictions, both levels."""
    (metrics,) = evaluated(predictions, settings)["splits"].values()
    return metrics


def epochs(count=6):
    return [
        Epoch(
            epoch=i,
            seconds=1.0,
            data_wait_share=0.01,
            learning_rate=3e-4,
            loss=1 / i,
            accuracy=1 - 0.5 / i,
            val_loss=0.5 + 0.4 / i,
            val_accuracy=0.8 - 0.2 / i,
            val_auc=0.9 - 0.02 * abs(i - 4),
        )
        for i in range(1, count + 1)
    ]


def make_run(
    path: Path,
    found,
    *,
    unit="study",
    digest="d",
    fold=None,
    recipe=None,
    target=None,
    standards=NOTHING,
    rows=None,
    further=(),
    unknown=None,
):
    """A finished run's directory but for its model.

    Args:
        further: targets, each with what is predicted of it.
        unknown: what is predicted of the classes that are held out.
    """
    if unknown is not None:
        held_out = tuple(dict.fromkeys(unknown.unknown_class))
        target = Target(classes=found.names, record_classes=(*found.names, *held_out))
    task = Task(
        name="demo",
        unit=unit,
        sequences=(Sequence(name="T1"),),
        target=target or Target(classes=found.names),
        further_targets=tuple(one for one, _ in further),
        grid=Grid(shape=(16, 16, 16)),
    )
    run = Run.create(
        path,
        recipe=recipe or Recipe(evaluation=Evaluation(bootstrap=200)),
        data_set_json=json.dumps({"task": plain(task), "digest": digest}),
        fold=fold,
        environment={"options": {}},
        standards=standards,
    )
    predictions_file.write(run.predictions_path, found)
    for one, predicted in further:
        predictions_file.write(run.predictions_of(one.name), predicted)
    if unknown is not None:
        unknown_file.write(run.unknown_path, unknown)
    history.write(run.history_path, rows or epochs())
    return run


def strangers(
    patients=12,
    classes=("well", "ill"),
    *,
    name="blurred",
    samples_each=1,
    split="test",
    fold="",
    start="",
    seed=5,
):
    """Patients of a class that is held out: the network is unsure of them."""
    of_known = cohort(
        patients,
        classes,
        samples_each=samples_each,
        split=split,
        fold=fold,
        signal=0,
        seed=seed,
        name=start or f"{name}-{split}{fold}",
    )
    logits = of_known.outputs["logit"] / 2
    return UnknownPredictions(
        sample_id=of_known.sample_id,
        patient_id=of_known.patient_id,
        split=of_known.split,
        fold=of_known.fold,
        unknown_class=(name,) * len(of_known),
        names=of_known.names,
        outputs={"prob": softmax(logits), "logit": logits},
    )
