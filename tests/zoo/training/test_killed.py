"""A run that is killed again and again ends as the one that nobody touched."""

import csv
import os
import random
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.pipelines.records import small
from zoo.classifier import cpu_instructions

pytestmark = pytest.mark.slow

_SCRIPT = Path(__file__).with_name("killed.py")
_ROOT = Path(__file__).parents[3]
KILLS = 20
EPOCHS = 12
STEPS = 4
# All that a run draws or carries from step to step: dropout, moments, an average of the
# weights, accumulated gradients (two in three steps), a schedule, order, augmentation;
# in three stages.
RECIPE = (
    *("--arch", "cnn3d", "--head.dropout", "0.3", "--deterministic"),
    *("--transfer.frozen", "all", "50%", "none", "--transfer.epochs", "2", "3"),
    *("--transfer.first-rate", "0.5", "--optimisation.epochs", str(EPOCHS - 5)),
    *("--optimisation.patience", str(EPOCHS)),
    *("--optimisation.batch-size", "4", "--optimisation.accumulate", "3"),
    *("--optimisation.ema-decay", "0.9", "--optimisation.schedule.kind", "cosine"),
    *(
        "--optimisation.schedule.warmup-epochs",
        "1",
        "--augmentation.spatial.flip",
        "width",
    ),
    *("--augmentation.spatial.rotation-degrees", "20", "0", "0"),
    *("--augmentation.mixing.cutmix", "0.5"),
    *("--evaluation.bootstrap", "200"),
)

LEFT_OPEN = (
    *("--arch", "cnn3d", "--optimisation.precision", "auto"),
    *("--optimisation.epochs", "3", "--optimisation.batch-size", "4"),
    *("--evaluation.bootstrap", "200"),
)
IN_16_BITS = (
    *("--arch", "cnn3d", "--head.dropout", "0.3", "--deterministic"),
    *("--optimisation.precision", "mixed_bfloat16", "--optimisation.epochs", "3"),
    *("--optimisation.batch-size", "4", "--evaluation.bootstrap", "200"),
)


def test_it_ends_with_the_same_weights_and_one_row_an_epoch(tmp_path):
    data = tmp_path / "records"
    data.mkdir()
    counts = {("train", ""): 4 * STEPS, ("validation", ""): 4, ("test", ""): 4}
    small.data_set(data, small.task(shape=(16, 16, 16)), counts)
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    assert train(10**9, 0, data, whole) == 0
    kills, code = killed_until_done(data, torn, random.Random(0))
    assert (kills, code) == (KILLS, 0)
    assert weights(torn) == weights(whole)
    assert history(torn) == history(whole)
    assert [row["epoch"] for row in history(torn)] == [
        str(epoch) for epoch in range(1, EPOCHS + 1)
    ]
    for name in ("predictions.csv", "recipe.toml"):
        assert (torn / name).read_bytes() == (whole / name).read_bytes()
    left = [path.name for path in torn.rglob(".*")]
    assert not left, "torn files are swept up"


@pytest.mark.skipif(
    not cpu_instructions.has_bfloat16(),
    reason="a CPU without avx512_bf16 or amx_bf16 has no 16 bits of its own",
)
def test_in_16_bits_it_ends_with_the_same_weights_too(tmp_path):
    data = tmp_path / "records"
    data.mkdir()
    counts = {("train", ""): 4 * STEPS, ("validation", ""): 4, ("test", ""): 4}
    small.data_set(data, small.task(shape=(16, 16, 16)), counts)
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    assert train(10**9, 0, data, whole, recipe=IN_16_BITS) == 0
    assert train(STEPS + 2, 20, data, torn, recipe=IN_16_BITS) == -signal.SIGKILL
    assert train(10**9, 0, data, torn) == 0
    assert 'precision = "mixed_bfloat16"' in (torn / "recipe.toml").read_text(
        encoding="utf-8"
    )
    assert weights(torn) == weights(whole)
    assert history(torn) == history(whole)


def test_a_resumed_run_takes_the_precision_that_was_settled(tmp_path):
    """What a clock said before the first step is never asked again."""
    data = tmp_path / "records"
    data.mkdir()
    counts = {("train", ""): 4 * STEPS, ("validation", ""): 4, ("test", ""): 4}
    small.data_set(data, small.task(shape=(16, 16, 16)), counts)
    torn, words = tmp_path / "torn", tmp_path / "words.txt"
    begun = train(STEPS + 2, 20, data, torn, recipe=LEFT_OPEN, words=words)
    assert begun == -signal.SIGKILL
    said = words.read_text(encoding="utf-8")
    settled = re.search(r"precision auto: (\w+), ", said).group(1)
    recipe = (torn / "recipe.toml").read_text(encoding="utf-8")
    assert f'precision = "{settled}"' in recipe
    assert (settled == "float32") or cpu_instructions.has_bfloat16()
    assert train(10**9, 0, data, torn, words=words) == 0
    assert "precision auto" not in words.read_text(encoding="utf-8")
    assert (torn / "recipe.toml").read_text(encoding="utf-8") == recipe
    assert [row["epoch"] for row in history(torn)] == ["1", "2", "3"]


def killed_until_done(data, out, chance):
    """How many processes were killed, and the exit code of the last, which was not."""
    for kills in range(KILLS):
        # Mostly within one epoch, now and then beyond, so that the run gets on.
        steps = chance.randint(1, STEPS + 1)
        code = train(steps, chance.uniform(0, 150), data, out)
        if code != -signal.SIGKILL:
            return kills, code
    return KILLS, train(10**9, 0, data, out)


def train(steps, milliseconds, data, out, *, recipe=RECIPE, words=os.devnull):
    """The exit code of a process that goes on with what it finds.

    Args:
        words: the file that gets what it says.
    """
    arguments = ["--data", str(data), "--out", str(out)]
    arguments += ["--resume"] if out.exists() else recipe
    command = [sys.executable, str(_SCRIPT), str(steps), str(milliseconds), *arguments]
    with open(words, "w", encoding="utf-8") as file:
        return subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=file,
        ).returncode


def weights(run):
    """The bytes of all weights of the model file."""
    with zipfile.ZipFile(run / "model.keras") as model:
        return model.read("model.weights.h5")


def history(run):
    """The rows without what a clock says."""
    with open(run / "history.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    clocks = ("seconds", "data_wait_share")
    return [{k: v for k, v in row.items() if k not in clocks} for row in rows]
