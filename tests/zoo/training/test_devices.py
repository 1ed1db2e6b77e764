"""Training on two devices, in processes of their own."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.pipelines.records import small

_SCRIPT = Path(__file__).with_name("on_devices.py")
_ROOT = Path(__file__).parents[3]
RECIPE = (
    *("--arch", "tests.zoo.training.normalised_network:build", "--head.dropout", "0"),
    *("--optimisation.optimizer", "sgd", "--optimisation.learning-rate", "0.01"),
    *("--transfer.frozen", "all", "none", "--transfer.epochs", "1"),
    *("--transfer.first-rate", "0.5", "--optimisation.epochs", "2"),
    *("--optimisation.batch-size", "8"),
    *("--optimisation.ema-decay", "0.9"),
    *("--evaluation.bootstrap", "200"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "records"
    folder.mkdir()
    counts = {("train", ""): 16, ("validation", ""): 6, ("test", ""): 4}
    small.data_set(folder, small.task(shape=(16, 16, 16)), counts)
    return folder


def trained(data, out, *, devices, recipe=RECIPE):
    """The finished process."""
    command = [sys.executable, str(_SCRIPT), str(devices), "--data", str(data)]
    command += ["--out", str(out), "--devices", str(devices), *recipe]
    return subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def history(out):
    with open(out / "history.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_two_devices_learn_what_one_does(data, tmp_path):
    for devices in (1, 2):
        done = trained(data, tmp_path / f"{devices}", devices=devices)
        assert done.returncode == 0, done.stderr[-3000:]
    one, two = history(tmp_path / "1"), history(tmp_path / "2")
    assert len(one) == len(two) == 3
    for name in ("loss", "val_loss"):
        losses = [[float(row[name]) for row in rows] for rows in (one, two)]
        np.testing.assert_allclose(losses[1], losses[0], rtol=1e-4)
    with zipfile.ZipFile(tmp_path / "2" / "model.keras") as model:
        config = model.read("config.json").decode()
    assert '"synchronized": false' in config
    assert '"synchronized": true' not in config
    facts = json.loads(
        (tmp_path / "2" / "environment.json").read_text(encoding="utf-8")
    )
    assert facts["options"]["devices"] == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("devices", "asked", "batch", "message"),
    [
        (1, 2, 8, "the number there is, 1 CPU(s) here. Received: 2"),
        (2, 2, 7, "Choose a multiple of 2 as --optimisation.batch-size. Received: 7"),
    ],
)
def test_devices_that_can_not_be(devices, asked, batch, message, data, tmp_path):
    recipe = (*RECIPE, "--devices", str(asked), "--optimisation.batch-size", str(batch))
    done = trained(data, tmp_path / "run", devices=devices, recipe=recipe)
    assert done.returncode == 2
    assert message in done.stderr
