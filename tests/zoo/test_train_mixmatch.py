"""The commands as a user gives them, on a cohort whose labels are hidden in part."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import command, ingest
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.records.directory import open_dataset
from pipelines.storage import config_files
from pipelines.tasks import task as tasks
from zoo import train
from zoo.evaluation.predictions import predictions_file
from zoo.runs.run import Run

pytestmark = pytest.mark.slow


def hide(labels: Path, number: int) -> None:
    """Half of them by an empty cell, the others by taking the row out."""
    header, *rows = labels.read_text(encoding="utf-8").splitlines()
    empty = [row.rsplit(",", 1)[0] + "," for row in rows[: number // 2]]
    labels.write_text(
        "\n".join([header, *empty, *rows[number:]]) + "\n", encoding="utf-8"
    )


def test_from_dicom_to_evidence(tmp_path):
    plan = Plan(patients=22, slices=(8, 10), matrix=(40, 48))
    folder = cohort.write(tmp_path / "cohort", plan=plan)
    hide(folder / "labels.csv", 8)
    task = tasks.load(str(folder / "task.toml"))
    task = replace(
        task, grid=replace(task.grid, shape=(16, 16, 16)), missing_label="keep"
    )
    (tmp_path / "task.toml").write_text(config_files.to_toml(task), encoding="utf-8")
    data, run = str(tmp_path / "data"), str(tmp_path / "run")
    argv = [
        *("--dicom", str(folder / "dicom"), "--labels", str(folder / "labels.csv")),
        *("--task", str(tmp_path / "task.toml"), "--key", str(tmp_path / "k.key")),
        *("--out", data),
    ]
    assert command.run(ingest.main, argv) == 0
    counts = open_dataset(data).counts
    assert counts["unlabelled"].samples == 8
    argv = [
        *("--arch", "cnn3d", "--data", data, "--out", run, "--batch", "4"),
        *("--optimisation.epochs", "2", "--evaluation.bootstrap", "200"),
        *("--augmentation.spatial.flip", "width"),
        *("--mixmatch.weight", "5", "--mixmatch.ramp-epochs", "1"),
    ]
    assert command.run(train.main, argv) == 0
    found = predictions_file.read(Run.open(run).predictions_path, task.target)
    assert len(found.sample_id) == 14
    assert {*found.split} == {"train", "validation", "test"}
