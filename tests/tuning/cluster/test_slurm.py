"""The script of a Slurm array."""

import os
import subprocess
from pathlib import Path

import tuning.cluster

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
