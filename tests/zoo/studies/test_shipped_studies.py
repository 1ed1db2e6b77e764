"""The studies that are shipped: what they name is there, and each one runs whole."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.storage import package_files
from pipelines.tasks import task as tasks
from zoo.recipes import recipe
from zoo.studies import final_recipes, study
from zoo.studies.request import Request

ROOT = Path(__file__).resolve().parents[3]
NAMES = study.shipped()
WITH_PHANTOM = [name for name in NAMES if study.load(name).phantom is not None]
# What the papers print, read from them once more.
PRINTED = {
    ("liver_fibrosis", "cnn3d", "test"): (0.94, 0.98),
    ("glioma_voting", "t1wi", "test"): (0.9513, 0.9701),
    ("glioma_voting", "t2wi", "test"): (0.9342, 0.9701),
    ("glioma_voting", "flair", "test"): (0.9614, 0.9811),
    ("glioma_voting", "vote", "test"): (0.9950, 0.9900),
    ("glioma_transfer", "googlenet_scratch", "test"): (0.867, 0.909, 0.939),
    ("nash", "xception", "validation"): (0.53, 0.66, 0.51, 0.54, 0.85, 0.16),
    ("nash", "efficientnet_b0", "validation"): (0.48, 0.57, 0.47, 0.51, 0.64, 0.30),
    ("nash", "se_resnext50", "validation"): (0.55, 0.53, 0.56, 0.60, 0.48, 0.64),
    ("nash", "resnet18", "validation"): (0.47, 0.02, 0.51, 1.00, 0.01, 1.00),
    ("nash", "resnet34", "validation"): (0.40, 0.34, 0.41, 0.42, 0.28, 0.54),
    ("nash", "resnet50", "validation"): (0.59, 0.55, 0.60, 0.67, 0.46, 0.73),
    ("nash", "mean", "validation"): (0.45, 0.06, 0.49, 0.38, 0.03, 0.94),
    ("nash", "max", "validation"): (0.45, 0.25, 0.47, 0.46, 0.17, 0.78),
    ("nash", "min", "validation"): (0.46, 0.08, 0.50, 0.50, 0.04, 0.95),
}
# Least AUC on the training patients under --quick; docs/studies.md has what is reached.
# Rounding of sums differs from machine to machine, and short trainings with it.
LEARNED = 0.7
# Its counts, from which the printed figures of the test follow.
PROSTATE_TEST = {"T2WI_nan": 101, "T2WI_fs": 118, "DWI_High": 105, "DWI_Low": 102}


def of_the_day(names):
    """The one whose turn it is on the day of the commit."""
    git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    asked = subprocess.run(git, capture_output=True, check=False)
    seconds = int(asked.stdout) if asked.returncode == 0 else time.time()
    return names[int(seconds // 86_400) % len(names)]


def test_each_has_its_day():
    assert of_the_day(WITH_PHANTOM) in WITH_PHANTOM  # the slow tests ask for it


@pytest.mark.parametrize("name", NAMES)
def test_what_it_names_is_there(name):
    loaded = study.load(name)
    if loaded.task not in package_files.names("pipelines", "tasks"):
        pytest.skip(f"the task {loaded.task} is not here yet")
    for named in loaded.tasks:
        tasks.load(named)
    for training in loaded.train:
        recipe.load(training.recipe)


@pytest.mark.parametrize("quick", [False, True], ids=["full", "quick"])
@pytest.mark.parametrize("name", WITH_PHANTOM)
def test_its_recipes_can_be_made(name, quick, tmp_path):
    loaded = study.load(name)
    asked = Request(
        name=name,
        study=loaded,
        kind="phantom",
        quick=quick,
        variants=any(training.variant for training in loaded.train),
        without_weights=True,
        by_image=loaded.by_image,
        out=tmp_path / "out",
    )
    made = final_recipes.recipes(asked)
    assert set(made) == {training.name for training in asked.trainings}
    for training in asked.trainings:
        channels = {s.name for s in asked.task_of(training).sequences}
        assert set(made[training.name].sequences) <= channels


@pytest.mark.parametrize("printed", PRINTED, ids=" ".join)
def test_it_has_what_the_paper_prints(printed):
    name, of, split = printed
    rows = (row for table in study.load(name).table for row in table.rows)
    papers = [row.paper for row in rows if row.of == of and row.split == split]
    assert PRINTED[printed] in papers


def test_prostate_figures_of_the_test_follow_from_its_counts():
    table = study.load("prostate_sequences").table[2]
    paper = {row.of_class: dict(zip(table.columns, row.paper)) for row in table.rows}
    high, low = PROSTATE_TEST["DWI_High"], PROSTATE_TEST["DWI_Low"]
    assert paper["DWI_High"]["sensitivity"] == round((high - 1) / high, 3)
    assert paper["DWI_Low"]["ppv"] == round(low / (low + 1), 3)
    for row in paper.values():
        half = (row["sensitivity"] + row["specificity"]) / 2
        assert row["balanced accuracy"] == pytest.approx(half, abs=6e-4)


def test_what_was_not_published_is_never_a_figure():
    (first, _) = study.load("glioma_transfer").table
    rows = {row.of: first.published(row) for row in first.rows}
    assert rows["googlenet_finetuned"] == ("?", "?", "?")
    assert rows["alexnet_scratch"] == rows["alexnet_finetuned"] == ("?", "?", "?")


def training_aucs(runs):
    """On the patients that trained it, of each network of a study, fold by fold."""
    aucs = {}
    for path in runs.rglob("metrics.json"):
        splits = json.loads(path.read_text(encoding="utf-8"))["splits"]
        if "train" in splits:
            name = path.parent.relative_to(runs).as_posix()
            aucs[name] = splits["train"]["sample"]["auc"]["value"]
    return aucs


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_PHANTOM)
def test_it_runs_whole(name, tmp_path, request):
    if not request.config.getoption("--all-studies") and name != of_the_day(
        WITH_PHANTOM
    ):
        pytest.skip("its turn is on another day; --all-studies runs all")
    if name not in package_files.names("pipelines", "phantoms/plans"):
        pytest.skip(f"no phantom plan is shipped for {name}")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "zoo.study", name, "--phantom", "--quick"]
    command += ["--weights", "none", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=900)
    told = json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert all(step["seconds"] is not None for step in told["cost"])
    assert any(row["ours"] for table in told["tables"] for row in table["rows"])
    page = (out / "study.html").read_text(encoding="utf-8")
    assert "proves the way, not the medicine" in page and "http" not in page
    learned = training_aucs(out / "runs")
    assert learned and min(learned.values()) > LEARNED, learned
