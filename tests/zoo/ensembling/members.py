"""Finished runs, without networks, whose predictions agree on patients and truth."""

import dataclasses
import json

import numpy as np

from pipelines.storage.config_files import plain
from tests.zoo.evaluation.cohorts import cohort, given, make_run
from tests.zoo.prediction import networks
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member as members_of
from zoo.ensembling.ensemble import Ensemble, MemberEntry
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join, take
from zoo.runs import json_objects
from zoo.runs.run import Run
from zoo.targets.standardisation import NOTHING

NUMBERS = {"train": 20, "validation": 24, "test": 40}


def predictions(
    seed, *, signal=1.0, fold="", classes=("well", "ill"), numbers=NUMBERS, **options
):
    """Other answers for the same patients, by seed."""
    parts = [
        cohort(
            number,
            classes,
            split=split,
            seed=100 * seed + place,
            signal=signal,
            **options,
        )
        for place, (split, number) in enumerate(numbers.items())
    ]
    joined = join(parts)
    return dataclasses.replace(joined, fold=(fold,) * len(joined))


def member(folder, seed, *, fingerprint=None, found=None, model=b"", **options):
    """A run that has a file in the place of its model."""
    names = ("digest", "fold", "target", "recipe", "further", "standards", "unknown")
    of_run = {name: options.pop(name) for name in names if name in options}
    found = predictions(seed, **options) if found is None else found
    run = make_run(folder, found, **of_run)
    run.model_path.write_bytes(model or bytes([seed]))
    run.metrics_path.write_text("{}", encoding="utf-8")
    if fingerprint is not None:
        content = json_objects.read(folder / "dataset.json")
        content["key_fingerprint"] = fingerprint
        (folder / "dataset.json").write_text(json.dumps(content), encoding="utf-8")
    return run.path


def cross_validation(folder, seed, *, folds=3, holdout=False, signal=1.0):
    """All folds: fold i tests the patients of part i; or validates, with a hold-out."""
    folder.mkdir()
    facts = {"digest": "d", "folds": [str(i) for i in range(folds)], "holdout": holdout}
    (folder / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    parts = [
        cohort(12, split="test", name=f"part{i}", seed=31 * seed + i, signal=signal)
        for i in range(folds)
    ]
    for i in range(folds):
        found = []
        for j, part in enumerate(parts):
            if holdout:
                split = "validation" if j == i else "train"
            else:
                split = {i: "test", (i + 1) % folds: "validation"}.get(j, "train")
            found.append(in_split(part, split))
        if holdout:
            held = {"split": "test", "name": "held", "signal": signal}
            found.append(cohort(16, seed=97 * seed + i, **held))
        found = join(found)
        found = dataclasses.replace(found, fold=(str(i),) * len(found))
        run = member(folder / f"fold-{i}", seed, found=found, fold=str(i))
    text = (run / "recipe.toml").read_text(encoding="utf-8")
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    return folder


def in_split(part, split):
    return dataclasses.replace(part, split=(split,) * len(part))


def without(found, patients):
    """The predictions without those of some patients."""
    rows = [i for i, own in enumerate(found.patient_id) if own not in patients]
    return take(found, np.array(rows, int))


def unbuilt(path, task=networks.TASK, recipe=networks.TURNED, standards=NOTHING):
    """A finished run with a file in the place of its network."""
    run = Run.create(
        path,
        recipe=recipe,
        data_set_json=json.dumps({"task": plain(task), "digest": task.name}),
        fold=None,
        environment={"options": {}},
        standards=standards,
    )
    run.model_path.write_bytes(path.name.encode())
    predictions_file.write(run.predictions_path, given([0, 1], [0.2, 0.8]))
    return run


def ensemble_of(folder, paths, rule="weighted", fitted=(0.25, 0.75), learned=None):
    """The directory of an ensemble of finished runs.

    `learned` is by target and fold what the rule learned, else by `fitted`.
    """
    members = members_of.opened(paths)
    entries = tuple(
        MemberEntry(
            name=each.name,
            path=f"../{each.name}",
            task=each.run.task.name,
            data_digest="d",
            channels=tuple(each.run.channels),
            models=each.models(),
        )
        for each in members
    )
    weights = {fold: {"weights": list(fitted)} for fold in members[0].folds}
    ensemble = Ensemble(
        path=folder,
        rule=rule,
        joined_by="sample",
        tasks=("t",),
        unit="study",
        targets=members[0].run.task.targets,
        members=entries,
        folds=members[0].folds,
        fitted=(learned or {"": weights}) if rule == "weighted" else {},
    )
    folder.mkdir()
    ensembles.write(folder, ensemble)
    assert ensembles.opened(folder) == ensemble
    return folder
