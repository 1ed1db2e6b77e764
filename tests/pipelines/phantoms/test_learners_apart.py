"""A chance, a shortcut and a good learner have different AUCs on a planned cohort.

Each learner is a logistic regression on features that are computed in closed form
from the written files: noise; what the scanner leaves (noise in the air, scale of the
stored numbers); the size of the texture in the liver.
"""

import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.phantoms import planned_cohort
from pipelines.phantoms.plans.cohort_plan import Confounder
from pipelines.phantoms.plans.study_plan import Quick
from pipelines.readers.dicom import scan
from tests.pipelines.phantoms import small_plan

LEARNERS = ("chance", "shortcut", "good")


def _plan(confounding, strength=3.0):
    plan = small_plan.plan(quick=Quick(patients=60, slices=(8, 8), matrix=(96, 96)))
    return dataclasses.replace(
        plan,
        signs=tuple(dataclasses.replace(s, strength=strength) for s in plan.signs),
        confounders=(Confounder(kind="scanner", strength=confounding),),
    )


def _features(voxels, generator):
    """Features of each learner, `[F]`."""
    depth, rows, columns = voxels.shape
    air = np.concatenate([voxels[:, :5, :5].ravel(), voxels[:, -5:, -5:].ravel()])
    half_r, half_c = rows // 2, columns // 2
    liver = voxels[2:6, half_r - 14 : half_r + 8, half_c - 24 : half_c - 8]
    steps = np.square(np.diff(liver, axis=1)).mean()
    steps += np.square(np.diff(liver, axis=2)).mean()
    noise = np.square(air).mean()
    return {
        "chance": generator.normal(size=2),
        "shortcut": (np.log(noise / liver.mean() ** 2), np.log(voxels.mean())),
        "good": (np.log(max(steps - 2 * noise, 1e-3 * steps) / liver.var()),),
    }


def _cohort(directory, plan, seed):
    """Features by learner, `[N, F]`, and the classes, `[N]`."""
    planned_cohort.write(directory, plan=plan, quick=True, seed=seed)
    generator = np.random.default_rng(seed)
    rows = (directory / "labels.csv").read_text(encoding="utf-8").splitlines()[1:]
    features, classes = [], []
    for row in rows:
        patient_id, label = row.split(",")[:2]
        (series,) = scan.scan(directory / "dicom" / patient_id).series
        voxels = sitk.GetArrayFromImage(scan.read_image(series)).astype(float)
        features.append(_features(voxels, generator))
        classes.append(label == plan.classes[1])
    return {n: np.array([f[n] for f in features]) for n in LEARNERS}, np.array(classes)


def _regression(features, classes):
    """Logistic regression by Newton's steps, with a little ridge; `[F + 1]`."""
    design = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(design.shape[1])
    for _ in range(20):
        shares = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (classes - shares) - 0.1 * weights
        curvature = (design.T * (shares * (1 - shares))) @ design
        weights += np.linalg.solve(curvature + 0.1 * np.eye(len(weights)), slope)
    return weights


def _auc(scores, classes):
    apart = scores[classes][:, None] - scores[~classes]
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


def _aucs(train, test):
    result = {}
    for name in LEARNERS:
        middle, spread = train[0][name].mean(0), train[0][name].std(0)
        weights = _regression((train[0][name] - middle) / spread, train[1])
        design = (test[0][name] - middle) / spread
        result[name] = _auc(design @ weights[:-1], test[1])
    return result


@pytest.fixture(scope="module")
def cohorts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learners")
    plans = {
        "train": _plan(0.95),
        "alike": _plan(0.95),
        "absent": _plan(0.0),
        "reversed": _plan(-0.95),
        "no sign": _plan(0.0, strength=0.0),
    }
    return {
        name: _cohort(folder / name.replace(" ", "_"), plan, seed)
        for seed, (name, plan) in enumerate(plans.items())
    }


@pytest.mark.slow
def test_the_shortcut_pays_where_patients_are_confounded_alike(cohorts):
    aucs = _aucs(cohorts["train"], cohorts["alike"])
    assert aucs["shortcut"] > 0.8
    assert aucs["good"] > 0.9


@pytest.mark.slow
def test_without_the_confounder_only_the_sign_tells(cohorts):
    aucs = _aucs(cohorts["train"], cohorts["absent"])
    assert 0.3 < aucs["chance"] < 0.7
    assert 0.3 < aucs["shortcut"] < 0.7
    assert aucs["good"] > 0.9


@pytest.mark.slow
def test_the_reversed_confounder_turns_the_shortcut_round(cohorts):
    aucs = _aucs(cohorts["train"], cohorts["reversed"])
    assert aucs["shortcut"] < 0.25
    assert aucs["good"] > 0.9


@pytest.mark.slow
def test_at_strength_0_nothing_is_to_be_seen(cohorts):
    aucs = _aucs(cohorts["train"], cohorts["no sign"])
    assert 0.3 < aucs["good"] < 0.7
