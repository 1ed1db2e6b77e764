"""The script of a Slurm array."""

import os
import subprocess
from pathlib import Path

import pytest

import tuning.cluster
from tests.tuning.cluster import slurm
from tests.zoo.training import trained
from tests.zoo.training.test_fold_process import ROOT, waited
from tuning.cluster.leases import FOLDER as LEASES
from tuning.trials import results
from tuning.trials import sweep as sweeps

SCRIPT = Path(tuning.cluster.__file__).with_name("slurm.sh")


def test_a_task_joins_the_sweep_with_the_cores_it_has(tmp_path):
    python = tmp_path / "python"
    said = "$OMP_NUM_THREADS $TF_NUM_INTRAOP_THREADS $*"
    python.write_text(f'#!/bin/bash\necho "{said}"\n', encoding="utf-8")
    python.chmod(0o755)
    ran = subprocess.run(
        ["bash", SCRIPT, "--arch", "cnn3d", "--out", "a folder"],
        env=os.environ | {"PYTHON": str(python), "SLURM_CPUS_PER_TASK": "3"},
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    expected = "3 3 -u -m tuning.search --arch cnn3d --out a folder --join\n"
    assert ran.stdout == expected


@pytest.mark.slow
@pytest.mark.skipif(not slurm.is_there(), reason="no Slurm here, or no root to run it")
def test_what_a_cancelled_task_was_at_is_ended_by_the_other(tmp_path):
    """With folds that are really trained, and the patience of a minute unused."""
    counts = {("train", ""): 12, ("validation", ""): 8, ("test", ""): 4}
    data = trained.data_set(tmp_path / "data", counts=counts)
    space = tmp_path / "space.toml"
    text = '"optimisation.learning_rate" = { log = [1e-4, 1e-2] }\n'
    space.write_text(text, encoding="utf-8")
    out = tmp_path / "o"
    given = f"--arch cnn3d --data {data.path} --space {space} --tuner random --exact"
    given += f" --max-trials 2 --folds 2 --epochs 1 --batch 4 --silent 300s --out {out}"

    def is_at_work():
        trials = results.trials(sweeps.opened(out)) if sweeps.is_there(out) else []
        return len(trials) == 2 and any(trial.folds for trial in trials)

    with slurm.cluster(tmp_path / "slurm") as cluster:
        cluster.environment |= {"PYTHONPATH": str(ROOT)}
        how = f"--parsable --array=1-2 --cpus-per-task=1 --mem=400 --chdir={tmp_path}"
        how += " --output=task-%a.log"
        number = cluster.asked("sbatch", *how.split(), SCRIPT, *given.split())
        assert waited(is_at_work, seconds=120), log(tmp_path)
        cluster.asked("scancel", f"{number}_1")
        assert waited(cluster.is_empty, seconds=120), log(tmp_path)
    assert "ended by SIGTERM" in log(tmp_path, 1)
    assert log(tmp_path, 2).splitlines()[-2] == str(out / "best.toml")
    trials = results.trials(sweeps.opened(out))
    assert [(trial.state, len(trial.folds)) for trial in trials] == [
        ("completed", 2)
    ] * 2
    assert not any((out / LEASES).iterdir())


def log(folder, task=1):
    return (folder / f"task-{task}.log").read_text(encoding="utf-8")
