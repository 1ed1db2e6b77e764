"""Ensembles whose members are of several tasks, with small networks of random weights.

`t1` sees one sequence, `t1_again` the same one, `t2` another one and a covariate.
"""

import dataclasses

import numpy as np

from pipelines.canonical.canonicalise import Canonical
from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.records.encode import Sample, encode
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from tests.zoo.ensembling.members import ensemble_of
from tests.zoo.prediction import networks
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.standardisation import ColumnStatistics, Standards

FAT = Target(kind="regression", columns=("fat",), name="fat")
T1 = dataclasses.replace(
    small.task(channels=("T1",), shape=networks.SHAPE),
    name="brain T1",
    further_targets=(FAT,),
)
T2 = dataclasses.replace(
    small.task(channels=("T2",), shape=(9, 8, 8), covariates=("age",)),
    name="brain-T2",
    further_targets=(FAT,),
)
FOLDED = dataclasses.replace(networks.TASK, name="first")
INPUTS = ("examples_brain_T1", "examples_brain_T2")
NAMES = ("t1", "t2", "t1_again")
STATISTICS = (ColumnStatistics(name="fat", mean=12.0, deviation=3.0),)
AGE = Encoding(covariates=(Covariate(name="age", mean=50.0, deviation=10.0),))


def runs(folder):
    """The members, by which the second task comes between two of the first."""
    plain = {
        "task": T1,
        "recipe": Recipe(arch="cnn3d"),
        "standards": Standards(column_statistics=STATISTICS),
    }
    networks.run(folder / "t1", seed=1, **plain)
    networks.run(
        folder / "t2",
        seed=2,
        task=T2,
        recipe=Recipe(arch="cnn3d", head=Head(covariates=("age",))),
        standards=Standards(encoding=AGE, column_statistics=STATISTICS),
    )
    networks.run(folder / "t1_again", seed=3, **plain)
    return [folder / name for name in NAMES]


def ensemble(folder, paths, rule="weighted"):
    """The directory of an ensemble of these members; the weights are at odds."""
    weights = {name: {"": {"weights": [0.2, 0.5, 0.3]}} for name in ("", FAT.name)}
    return ensemble_of(folder, paths, rule=rule, learned=weights)


def record(task, seed):
    voxels = np.random.default_rng(seed).gamma(2, 100, task.record_shape)
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=voxels.astype(np.float32),
            fill=(0.0,),
            present=(1,),
            affine=np.eye(4),
        ),
        covariates=(40.0 + seed,) * len(task.covariates),
    )
    return encode(sample, task).record


def of_sequences(folder, whole, *, standards, **changes):
    """An ensemble of a network for each of the phantom's two sequences.

    Their tasks are `whole` with that sequence alone and what else changes; the second
    one has more weight.
    """
    targets = ("", *(target.name for target in whole.further_targets))
    paths = []
    for seed, name in enumerate(("T1WI", "T2WI")):
        own = (one for one in whole.sequences if one.name == name)
        task = dataclasses.replace(
            whole,
            sequences=tuple(dataclasses.replace(one, required=True) for one in own),
            grid=dataclasses.replace(whole.grid, reference=None),
            **changes,
        )
        paths.append(folder / name.lower())
        networks.run(
            paths[-1],
            task=task,
            recipe=Recipe(arch="cnn3d"),
            standards=standards,
            seed=seed,
        )
    weights = {name: {"": {"weights": [0.3, 0.7]}} for name in targets}
    return ensemble_of(folder / "both", paths, learned=weights)
