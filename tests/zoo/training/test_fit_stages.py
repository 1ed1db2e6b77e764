import dataclasses

import numpy as np
import pytest

from tests.zoo.training import standin
from tests.zoo.training.fitted import TOLD, assert_resumed_equals, run, table
from zoo.recipes.optimisation import Schedule
from zoo.recipes.transfer import Transfer

IN_STAGES = dataclasses.replace(
    TOLD,
    epochs=2,
    accumulate=2,
    ema_decay=0.5,
    optimizer="sgd",
    momentum=0.9,
    precision="mixed_float16",
    schedule=Schedule(kind="cosine", warmup_updates=1),
)
TWO = Transfer(frozen=("all", "none"), epochs=(2,), rates=(0.5,), first_rate=0.1)


@pytest.fixture(scope="module")
def in_stages(tmp_path_factory):
    """Folder and model of a run of two stages."""
    folder = tmp_path_factory.mktemp("stages")
    return folder, run(folder, IN_STAGES, transfer=TWO)[0]


@pytest.mark.parametrize(
    "epoch",
    [pytest.param(2, marks=pytest.mark.slow), 3],  # within one, between two
)
def test_stages_are_resumed_bit_by_bit_between_them_and_within(
    epoch, in_stages, tmp_path, monkeypatch
):
    assert_resumed_equals(
        *in_stages, tmp_path, monkeypatch, IN_STAGES, epoch=epoch, transfer=TWO
    )


def test_the_history_says_which_stage_an_epoch_is_of_and_its_rate(in_stages):
    rows = table(in_stages[0])
    assert [row["stage"] for row in rows] == list("1122")
    assert [row["epoch"] for row in rows] == list("1234")
    last = [float(rows[i]["learning_rate"]) for i in (1, 3)]
    assert last[0] == last[1] / 2, "the cosine falls in every stage, from its rate"


def test_a_stage_of_the_head_leaves_the_backbone_as_it_is(tmp_path, capsys):
    model, _ = run(
        tmp_path / "run",
        dataclasses.replace(TOLD, epochs=1, learning_rate=1e-6),
        transfer=Transfer(frozen=("all", "none"), epochs=(2,), rates=(1000,)),
    )
    fresh, _ = standin.classifier()
    moved = {
        layer.name
        for layer, other in zip(model.layers, fresh.layers, strict=True)
        for weight, old in zip(layer.get_weights(), other.get_weights(), strict=True)
        if not np.allclose(weight, old, rtol=0, atol=1e-5)
    }
    assert moved == {"logits", "auxiliary_0"}
    said = capsys.readouterr().err
    assert "stage 1 of 2: trains the head alone, learning rate 0.001, 2 epochs" in said


HEAD_FIRST = Transfer(frozen=("all", "none"), epochs=(4,))


def test_patience_ends_a_stage_and_not_the_training(tmp_path):
    still = dataclasses.replace(TOLD, learning_rate=1e-12, patience=1, epochs=3)
    run(tmp_path / "run", still, transfer=HEAD_FIRST)
    assert [row["stage"] for row in table(tmp_path / "run")] == list("1122")
