"""The evidence on numbers from file to figures, tables and folds."""

import dataclasses
import json
import re

import numpy as np
import pytest

from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import make_run
from tests.zoo.evaluation.figures.watching import figures_of
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation import pooled_folds, run_evaluation
from zoo.evaluation.evidence_text import text
from zoo.evaluation.figures import learning_curves, regression_plots
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.predictions import join, take
from zoo.evaluation.results.settings import Settings
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.runs.history import Epoch
from zoo.targets.regression import REGRESSION
from zoo.targets.standardisation import ColumnStatistics, Standards

NAMES = ("kpa", "fat %")
TARGET = Target(kind="regression", columns=NAMES)
STANDARDS = Standards(
    column_statistics=tuple(
        ColumnStatistics(name=name, mean=10.0, deviation=3.0) for name in NAMES
    )
)
OPTIONS = {"settings": Settings(confidence=0.9, bootstrap=200, seed=4)}
ROWS = [
    Epoch(
        epoch=i,
        seconds=1.0,
        data_wait_share=0.0,
        learning_rate=1e-3,
        loss=1 / i,
        val_loss=1 / i,
        val_mae=2 / i,
        val_r2=0.9 - 1 / i,
    )
    for i in (1, 2, 3)
]


def made(path, found, **options):
    recipe = Recipe(optimisation=Optimisation(monitor="val_loss"))
    given = {"target": TARGET, "standards": STANDARDS, "rows": ROWS}
    return make_run(path, found, recipe=recipe, **given, **options)


@pytest.fixture(scope="module")
def evaluated_run(tmp_path_factory):
    parts = [
        numbered(20, NAMES, split="train", noise=0.3, seed=1),
        numbered(16, NAMES, split="test", seed=3, unknown=0.2),
    ]
    run = made(tmp_path_factory.mktemp("numbers") / "run", join(parts))
    return run, run_evaluation.write(run.path, **OPTIONS)


def test_a_run_gets_its_metrics_and_figures(evaluated_run):
    run, result = evaluated_run
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == result
    assert (result["kind"], result["columns"]) == ("regression", [*NAMES])
    figures = {path.name for path in (run.path / "figures").iterdir()}
    assert figures == {
        "learning.png",
        *(
            f"{kind}_{split}_{column}.png"
            for kind in ("scatter", "bland_altman")
            for split in ("train", "test")
            for column in ("1_kpa", "2_fat_")
        ),
    }
    assert figures == {name for name, reason in result["figures"].items() if not reason}


def test_columns_are_as_documented(evaluated_run):
    header = (
        evaluated_run[0].predictions_path.read_text(encoding="utf-8").splitlines()[0]
    )
    assert header == (
        "sample_id,patient_id,split,fold,target:kpa,target:fat %,pred:kpa,pred:fat %"
    )


def test_the_tables_name_columns(evaluated_run):
    shown = text(evaluated_run[1])
    assert "kpa, by patient" in shown and "fat %, by patient" in shown
    value = evaluated_run[1]["splits"]["test"]["patient"]["per_column"]["kpa"]["mae"][
        "value"
    ]
    assert f"{value:.4g} (" in shown
    assert "90% intervals (bias and limits of agreement: Bland-Altman; else " in shown
    assert (
        "200 bootstrap resamples of patients, drawn freely (a cohort design)" in shown
    )


def test_epochs_far_worse_than_the_mean_leave_the_panels(tmp_path, monkeypatch):
    seen = figures_of(learning_curves, monkeypatch)
    first = dataclasses.replace(
        ROWS[0], epoch=0, stage=0, val_loss=90.0, val_mae=40.0, val_r2=-80.0
    )
    learning_curves.draw(
        tmp_path / "l.png", [first, *ROWS], ROWS[-1], monitor="val_loss"
    )
    (drawn,) = seen
    losses, errors, explained = (axes.get_ylim() for axes in drawn.axes)
    assert losses == pytest.approx((0, 1.05)) and errors == pytest.approx((0, 2.1))
    assert explained == pytest.approx((-0.105, 1.02))


def test_the_scatter_names_the_level_of_its_intervals(tmp_path, monkeypatch):
    seen = figures_of(regression_plots, monkeypatch)
    run_evaluation.write(made(tmp_path / "run", numbered(20, NAMES)).path, **OPTIONS)
    scatter, *_ = seen
    texts = [text.get_text() for text in scatter.legends[0].get_texts()]
    number = r"-?\d\.\d+"
    for words, found in zip(("mean absolute error", "R²", "concordance"), texts[1:]):
        interval = rf"\(90% CI {number}(–| to ){number}\)~$"
        assert found.startswith(words) and re.search(interval, found)
    assert len(texts) == 4


def test_too_few_for_a_figure_say_so(tmp_path):
    run = made(tmp_path / "run", take(numbered(5, NAMES), [0]))
    result = run_evaluation.write(run.path, **OPTIONS)
    assert result["figures"]["scatter_test_1_kpa.png"] == "fewer than two know it"
    assert "note: test, kpa: no mean absolute error, fewer than two" in text(result)


def test_numbers_from_elsewhere_are_known_by_their_header(tmp_path):
    predictions_file.write(tmp_path / "p.csv", numbered(12))
    settings = Settings(bootstrap=200)
    result = run_evaluation.write_bare(
        tmp_path / "p.csv", settings=settings, out=tmp_path
    )
    assert result["columns"] == ["kpa"]
    assert (tmp_path / "figures" / "bland_altman_test.png").is_file()


def test_folds_are_pooled(tmp_path):
    runs = []
    for number in range(2):
        found = numbered(9 + number, NAMES, fold=str(number), seed=number)
        made(tmp_path / f"fold{number}", found, fold=str(number))
        runs.append(tmp_path / f"fold{number}")
    result = pooled_folds.write(
        runs, settings=Settings(bootstrap=200), out=tmp_path / "out"
    )
    assert [row["samples"] for row in result["folds"]["rows"]] == [9, 10]
    values = [row["fat %: mae"] for row in result["folds"]["rows"]]
    mean = result["folds"]["summary"]["fat %: mae"]["mean"]
    assert mean == pytest.approx(np.mean(values))
    assert "fat %: mean absolute error" in text(result)


def test_networks_are_averaged():
    one, other = numbered(9), numbered(9, noise=3)
    found = average.mean([one, other])
    wanted = (one.outputs["pred"] + other.outputs["pred"]) / 2
    np.testing.assert_allclose(found.outputs["pred"], wanted)
    assert found.kind is REGRESSION
