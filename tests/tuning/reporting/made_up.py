"""Sweeps written to disk without training."""

import dataclasses

import numpy as np

from tests.tuning.trials import sweeps as small
from tuning.trials import sweep as sweeps
from tuning.trials import trial as trials
from tuning.trials.fold_result import PARTS, FoldResult
from tuning.trials.trial import Trial
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe
from zoo.runs import history
from zoo.runs.history import Epoch
from zoo.targets.classification import CLASSIFICATION

CODE = {
    "digest": "a" * 16,
    "tensorflow": "2.16.2",
    "keras": "3.6.0",
    "numpy": "1.26.4",
}
SPACE = """\
"arch" = { choice = ["cnn3d", "resnet3d18"] }
"optimisation.learning_rate" = { log = [1e-5, 1e-2] }
"optimisation.label_smoothing" = { range = [0.0, 0.2] }
"optimisation.batch_size" = { choice = [4, 8, 16], when = { arch = "cnn3d" } }
"""


def sweep(path, *, space=SPACE, **settings):
    """Without trials."""
    given = {"code": CODE, "data_digest": "d1f2e3", "abandonment": {"rule": "paired"}}
    return sweeps.begin(
        path,
        settings=small.settings(**given | settings),
        recipe=Recipe(arch="cnn3d"),
        space=space,
    )


def values(random):
    """That the space allows."""
    drawn = {
        "arch": ["cnn3d", "resnet3d18"][random.integers(2)],
        "optimisation.learning_rate": float(10 ** random.uniform(-5, -2)),
        "optimisation.label_smoothing": float(random.uniform(0, 0.2)),
    }
    if drawn["arch"] == "cnn3d":
        drawn["optimisation.batch_size"] = int(random.choice([4, 8, 16]))
    return drawn


def fold(name, objective):
    """Finished."""
    parts = dict.fromkeys(PARTS, 1.0) | {"steps": 20.0}
    return FoldResult(
        fold=name, outcome="finished", objective=objective, seconds=28.0, parts=parts,
        epochs=5,
    )  # fmt: skip


def trial(number, objective, given, *, folds=("0", "1"), **changed):
    """Completed."""
    done = tuple(fold(f, objective + 0.02 * i) for i, f in enumerate(folds))
    whole = Trial(
        trial_id=f"{number:04d}", values=given, state="completed", folds=done,
        objective=objective, seconds=28.0 * len(done), code=CODE["digest"],
    )  # fmt: skip
    return dataclasses.replace(whole, **changed)


def failed(number, given, reason="out of memory: 3 GB more were wanted"):
    """Without a figure."""
    return Trial(
        trial_id=f"{number:04d}", values=given, state="failed", reason=reason,
        code=CODE["digest"],
    )  # fmt: skip


def put(of, one, *, patients=30, noise=1.0, evidence=True):
    """Writes a trial with the predictions and histories of its folds."""
    directory = of.trial_path(one.trial_id)
    directory.mkdir(parents=True)
    trials.write(directory, one)
    (directory / "recipe.toml").write_text('arch = "cnn3d"\n', encoding="utf-8")
    for place, result in enumerate(one.folds if evidence else ()):
        folder = of.fold_path(one.trial_id, result.fold)
        folder.mkdir()
        predictions_file.write(
            folder / "predictions.csv",
            predictions(
                place,
                int(one.trial_id),
                result.fold,
                patients,
                noise,
                part=place % of.settings.folds_each,
            ),
        )
        history.write(folder / "history.csv", epochs(result.objective))


def predictions(place, seed, fold, patients, noise, part=None):
    """Of two classes; a fold has the same patients in all trials and repeats."""
    part = place if part is None else part
    label = np.arange(patients) % 2
    random = np.random.default_rng(seed * 7 + place)
    score = label + random.normal(0, noise, patients)
    positive = 1 / (1 + np.exp(-2 * score))
    probabilities = np.stack([1 - positive, positive], 1)
    names = tuple(f"p{part}-{number}" for number in range(patients))
    return Predictions(
        sample_id=names,
        patient_id=names,
        split=("validation",) * patients,
        fold=(fold,) * patients,
        kind=CLASSIFICATION,
        names=("benign", "malignant"),
        truth=label[:, None].astype(float),
        outputs={"logit": np.stack([-score, score], 1), "prob": probabilities},
    )


def epochs(objective, count=5):
    """Rows that rise to the objective."""
    return [
        Epoch(
            epoch=e, seconds=1.0, data_wait_share=0.0, learning_rate=1e-3,
            loss=1 / e, accuracy=0.5, val_loss=1 / e, val_accuracy=0.5,
            val_auc=objective - 0.2 / e,
        )
        for e in range(1, count + 1)
    ]  # fmt: skip


def many(of, count, *, seed=0, evidence=True, draw=values):
    """Trials whose objective depends on the learning rate alone."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        given = draw(random)
        distance = abs(np.log10(given["optimisation.learning_rate"]) + 3.5)
        made.append(trial(number, 0.9 - 0.1 * distance, given, folds=of.settings.folds))
        put(of, made[-1], evidence=evidence)
    return made
