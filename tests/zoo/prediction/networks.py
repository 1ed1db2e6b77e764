"""Finished runs of a small network with random weights, and records for it."""

import dataclasses
import json

import numpy as np

from pipelines.canonical.canonicalise import Canonical
from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.records.encode import Sample, encode
from pipelines.storage.config_files import plain, to_toml
from pipelines.tasks.sequence import Sequence
from tests.pipelines.records import small
from tests.zoo.evaluation.cohorts import given
from zoo.architectures import registry
from zoo.classifier import classifier, heads
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.recipe import Head, Recipe
from zoo.runs.run import Run
from zoo.targets.standardisation import NOTHING, Standards

SHAPE = (8, 8, 8)
TASK = small.task(channels=("T1", "T2"), shape=SHAPE)
OPTIONAL = dataclasses.replace(
    TASK, sequences=(Sequence(name="T1"), Sequence(name="T2", required=False))
)
# Of four sequences, two channels: as many as the others have.
FITTED = dataclasses.replace(
    TASK,
    sequences=(
        Sequence(name="b50", channel=False),
        Sequence(name="T1"),
        Sequence(name="b800", channel=False, required=False),
        Sequence(name="ADC", derive="adc(b50, b800)"),
    ),
)
CLINICAL = small.task(
    channels=("T1", "T2"),
    shape=SHAPE,
    covariates=("weight", "age", "sex"),
    covariate_levels={"sex": ("F", "M")},
)
TURNED = Recipe(arch="cnn3d", sequences=("T2", "T1"))
SEES_COVARIATES = Recipe(arch="cnn3d", head=Head(covariates=("sex", "age")))
SHARE = 0.2  # of the last weights: no sample is all of one class
STANDARDS = Standards(
    encoding=Encoding(
        covariates=(
            Covariate(name="sex", levels=("F", "M")),
            Covariate(name="age", mean=50.0, deviation=10.0),
        )
    )
)


def run(
    path,
    *,
    task=TASK,
    recipe=TURNED,
    standards=NOTHING,
    seed=0,
    fold=None,
    digest="d",
):
    """A finished run whose samples get different outputs."""
    made = Run.create(
        path,
        recipe=recipe,
        data_set_json=json.dumps({"task": plain(task), "digest": digest}),
        fold=fold,
        environment={"options": {}},
        standards=standards,
    )
    model = classifier.build(
        recipe,
        registry.get(recipe.arch),
        shape=(*task.grid.shape, len(made.channels)),
        target_outputs=made.target_outputs,
        seed=seed,
        covariates=len(standards.encoding.names),
    ).inference
    last = model.get_layer("head").get_layer(heads.LOGITS)
    last.kernel.assign(SHARE * last.kernel)
    model.save(made.model_path)
    predictions_file.write(made.predictions_path, given([0, 1], [0.2, 0.8]))
    made.metrics_path.write_text("{}", encoding="utf-8")
    return made


def folds(path, number=3, *, digest="d", **settings):
    """The directory of a cross-validation whose folds are such runs."""
    path.mkdir()
    recipe = Recipe(arch="cnn3d")
    facts = {"digest": "d", "folds": [str(i) for i in range(number)], "holdout": False}
    (path / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    (path / "recipe.toml").write_text(to_toml(recipe), encoding="utf-8")
    for i in range(number):
        run(
            path / f"fold-{i}",
            recipe=recipe,
            seed=i,
            fold=str(i),
            digest=digest,
            **settings,
        )
    return path


def voxels(seed=0):
    """Intensities with fractions, which quantisation changes; 8 of 8³ voxels are 0."""
    volume = np.random.default_rng(seed).gamma(2, 100, (*SHAPE, 2)).astype(np.float32)
    volume[0, 0] = 0
    return volume


def record(volume, task=TASK, *, fill=(0.0, 0.0), present=(1, 1), covariates=()):
    """As ingest would write it."""
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=volume, fill=fill, present=present, affine=np.eye(4)
        ),
        covariates=covariates,
    )
    return encode(sample, task).record
