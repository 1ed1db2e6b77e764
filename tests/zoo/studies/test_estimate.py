"""What a study is said to take, before it begins."""

import json
import math

import pytest

from pipelines.phantoms import estimate as phantom_estimate
from pipelines.phantoms import plans
from zoo.studies import (
    estimate,
    final_recipes,
    quick_tasks,
    runner,
    steps,
    study,
)
from zoo.studies.request import Request


def asked(tmp_path, name="liver_fibrosis", **options):
    given = {"kind": "phantom", "without_weights": True, "quick": True}
    return Request(
        name=name,
        study=study.load(name),
        out=tmp_path / "out",
        **(given | options),
    )


def by_step(request, cores=2):
    left = estimate.left(request, final_recipes.recipes(request), cores)
    return {step.name: cost for step, cost in left}


def test_every_step_has_a_cost_and_the_phantom_that_of_its_own_estimate(tmp_path):
    request = asked(tmp_path)
    costs = by_step(request)
    assert list(costs) == ["phantom", "ingest-liver_fibrosis", "train-cnn3d"]
    plan = plans.load("liver_fibrosis")
    coming = phantom_estimate.estimate(plan, quick=True, workers=2)
    phantom = costs["phantom"]
    assert (phantom.seconds, phantom.megabytes) == (coming.seconds, coming.megabytes)
    (task,) = quick_tasks.quick_tasks(request).values()
    megabytes = 40 * 2 * math.prod(task.record_shape) / 1e6  # 40 patients, int16
    assert costs["ingest-liver_fibrosis"].megabytes == pytest.approx(megabytes)


def test_the_whole_study_takes_longer_than_the_quick_one(tmp_path):
    quick = by_step(asked(tmp_path))
    whole = by_step(asked(tmp_path, quick=False, scale=1.0))
    for name in ("phantom", "ingest-liver_fibrosis", "train-cnn3d"):
        assert whole[name].seconds > 3 * quick[name].seconds


def test_images_are_dealt_in_as_much_room_and_learned_as_long(tmp_path):
    costs = by_step(asked(tmp_path, "glioma_voting", quick=False, by_image=True))
    patients, images = (costs[f"ingest-glioma_voting{p}"] for p in ("", "-by-image"))
    assert images.megabytes == patients.megabytes
    assert costs["train-t1wi-by-image"].seconds > 0.2 * costs["train-t1wi"].seconds


def test_what_is_done_is_left_out(tmp_path):
    request = asked(tmp_path)
    made = final_recipes.recipes(request)
    for step in steps.steps(request)[:2]:
        path = runner.record(request, step)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({}), encoding="utf-8")
    assert list(by_step(request)) == ["train-cnn3d"]
    words = estimate.text(request, made)
    assert words.startswith("liver_fibrosis: what is left, roughly, on ")
    path = runner.record(request, steps.steps(request)[2])
    path.write_text("{}", encoding="utf-8")
    assert estimate.text(request, made) == ""


def test_patients_are_the_rows_of_labels_and_else_not_known(tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("patient_id,label\na,S0-S1\nb,>=S2\n", encoding="utf-8")
    (tmp_path / "dicom").mkdir()
    real = {"kind": "dicom", "source": tmp_path / "dicom", "quick": False}
    few = by_step(asked(tmp_path, labels=labels, **real))
    megabytes = 2 * 32 * 128 * 128 * 3 * 2 / 1e6
    assert few["ingest-liver_fibrosis"].megabytes == pytest.approx(megabytes)
    series = asked(tmp_path, "prostate_sequences", **real)
    unknown = by_step(series)
    assert {cost.seconds for cost in unknown.values()} == {None}
    words = estimate.text(series, final_recipes.recipes(series))
    assert "not known" in words and "in all" in words


def test_a_busy_machine_is_told(tmp_path, monkeypatch):
    request = asked(tmp_path)
    made = final_recipes.recipes(request)
    monkeypatch.setattr(estimate.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(estimate.os, "getloadavg", lambda: (6.0, 0, 0), raising=False)
    words = estimate.text(request, made)
    assert words.endswith("(load 6.0 on 2 cores): up to 4.0 times as long")
    monkeypatch.setattr(estimate.os, "getloadavg", lambda: (0.1, 0, 0))
    assert "busy" not in estimate.text(request, made)
