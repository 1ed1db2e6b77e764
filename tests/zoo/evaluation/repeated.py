"""Repeated cross-validations on disk, made without any training."""

import dataclasses
import json

import numpy as np

from pipelines.storage.config_files import to_toml
from tests.zoo.evaluation.cohorts import cohort, make_run
from tests.zoo.evaluation.comparison.models import other_model
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join, take
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.runs import recorded_recipe

RECIPE = Recipe(evaluation=Evaluation(bootstrap=200))


def dealt(predictions, folds, seed):
    """Patients into folds of equal size, class by class, by chance."""
    draw = np.random.default_rng(seed)
    fold = np.zeros(len(predictions), int)
    for label in np.unique(predictions.label):
        rows = np.flatnonzero(predictions.label == label)
        fold[draw.permutation(rows)] = np.arange(len(rows)) % folds
    return dataclasses.replace(predictions, fold=tuple(map(str, fold)))


def repeats_of(seed=0, *, count=2, folds=3, noise=0.7, patients=24, signal=1.5):
    """A network trained anew on each of the same deals, whatever its seed."""
    base = cohort(patients, signal=signal)
    return [
        dealt(other_model(base, 100 * seed + r, noise=noise), folds, r)
        for r in range(count)
    ]


def repeated(folder, predictions, *, baseline=None):
    """The directory of a repeated cross-validation whose folds test these."""
    folder.mkdir()
    facts = {
        **{"format": 1, "digest": "d", "repeats": len(predictions)},
        "recipe": recorded_recipe.table(RECIPE),
    }
    (folder / "repeats.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "recipe.toml").write_text(to_toml(RECIPE), encoding="utf-8")
    for number, each in enumerate(predictions):
        cross_validated(folder / f"repeat-{number}", each, baseline=baseline)
    return folder


def cross_validated(folder, predictions, *, baseline=None):
    """The directory of a cross-validation that is judged."""
    folder.mkdir()
    names = sorted(set(predictions.fold))
    facts = {"digest": "d", "folds": names, "holdout": False}
    (folder / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "recipe.toml").write_text(to_toml(RECIPE), encoding="utf-8")
    for name in names:
        made = make_run(folder / f"fold-{name}", of_fold(predictions, name), fold=name)
        made.metrics_path.write_text("{}", encoding="utf-8")
        made.model_path.write_bytes(name.encode())
        if baseline is not None:
            beside = of_fold(other_model(predictions, baseline, noise=9), name)
            predictions_file.write(made.baseline_of(""), beside)
    (folder / "summary").mkdir()
    (folder / "summary" / "metrics.json").write_text("{}", encoding="utf-8")
    return folder


def of_fold(predictions, name):
    """One fold tests, the next validates, the others train."""
    names = sorted(set(predictions.fold))
    following = names[(names.index(name) + 1) % len(names)]
    splits = {name: "test", following: "validation"}
    parts = []
    for each in names:
        rows = np.flatnonzero(np.array(predictions.fold) == each)
        split = (splits.get(each, "train"),) * len(rows)
        parts.append(dataclasses.replace(take(predictions, rows), split=split))
    joined = join(parts)
    return dataclasses.replace(joined, fold=(name,) * len(joined))
