import dataclasses

import pytest

from pipelines.errors import UsageError
from zoo.classifier import cpu_instructions
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.training import fold_process, precision_choice
from zoo.training.precision_choice import Trial, read

SHAPE = (16, 16, 16, 1)


def settled(monkeypatch, precision, trial, *, able=True, **options):
    """The precision that a recipe ends with, and how its trials were asked."""
    asked = []
    monkeypatch.setattr(cpu_instructions, "has_bfloat16", lambda: able)
    monkeypatch.setattr(
        precision_choice, "_trial", lambda kind, request: asked.append(kind) or trial
    )
    recipe = Recipe(arch="cnn3d", optimisation=Optimisation(precision=precision))
    chosen = precision_choice.settled(recipe, SHAPE, **options)
    named = chosen.optimisation.precision
    optimisation = dataclasses.replace(recipe.optimisation, precision=named)
    assert chosen == dataclasses.replace(recipe, optimisation=optimisation)
    return named, asked


@pytest.mark.parametrize(
    ("trial", "named"),
    [
        (Trial(gain=1.15), "mixed_bfloat16"),
        (Trial(gain=1.14), "float32"),
        (Trial(fault="the layer stem gets its output wrong"), "float32"),
        (Trial(gpus=((8, 0),)), "mixed_bfloat16"),
        (Trial(gpus=((7, 5),)), "mixed_float16"),
    ],
)
def test_auto_is_what_the_trial_says(monkeypatch, trial, named):
    assert settled(monkeypatch, "auto", trial) == (named, ["measure"])


def test_the_clock_has_no_say_where_runs_are_deterministic(monkeypatch):
    trial = Trial(gain=2.0)
    deterministic = settled(monkeypatch, "auto", trial, deterministic=True)
    assert deterministic == ("float32", ["devices"])


def test_without_instructions_nothing_is_measured(monkeypatch, capsys):
    assert settled(monkeypatch, "auto", Trial(), able=False) == ("float32", ["devices"])
    assert "this CPU has no avx512_bf16 or amx_bf16" in capsys.readouterr().err


def test_what_is_named_is_checked_and_not_measured(monkeypatch):
    named = settled(monkeypatch, "mixed_bfloat16", Trial(), deterministic=True)
    assert named == ("mixed_bfloat16", ["check"])
    assert settled(monkeypatch, "float32", None) == ("float32", [])


def test_what_is_named_and_goes_wrong_is_refused(monkeypatch):
    trial = Trial(fault="the layer stem gets its output wrong (1 of it)")
    with pytest.raises(UsageError, match="mixed_bfloat16 on this CPU.*stem.*float32"):
        settled(monkeypatch, "mixed_bfloat16", trial)


def test_what_has_no_share_in_the_network_asks_for_no_trial_of_its_own():
    def network(dropout, units=None, **optimisation):
        recipe = Recipe(
            arch="cnn3d",
            head=Head(dropout=dropout, units=units),
            optimisation=Optimisation(**optimisation),
        )
        return precision_choice.network(recipe, SHAPE)

    first = network(0.1, learning_rate=1e-3)
    assert network(0.4, learning_rate=1e-4) == first
    assert network(0.1, batch_size=2) != first != network(0.1, units=(8,))


def test_without_onednn_that_is_told(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    trial = Trial(fault="the layer stem gets its gradient of kernel wrong (0.02 of it)")
    with pytest.raises(UsageError, match="of it.; TF_ENABLE_ONEDNN_OPTS=0, also"):
        settled(monkeypatch, "mixed_bfloat16", trial)


def test_answers_of_a_trial_are_read():
    done = [{"gpus": []}, {"layer": "a"}, {"gain": 1.5}, {"done": True}]
    assert read(done, 0, "") == Trial(gain=1.5)
    wrong = [{"layer": "a"}, {"wrong": {"output": 0.03, "gradient of kernel": 1.25}}]
    fault = "the layer a gets its gradient of kernel wrong (1.2 of it)"
    assert read([*wrong, {"done": True}], 0, "").fault == fault


def test_what_a_library_prints_is_no_answer(monkeypatch):
    def ran(command, *, stdout, **_):
        stdout.write('onednn_verbose,info\n{"layer": "a"}\n{"done": true}\n{"ga')
        return 0

    monkeypatch.setattr(fold_process, "run", ran)
    recipe = Recipe(arch="cnn3d", optimisation=Optimisation(batch_size=1000))
    network = precision_choice.network(recipe, SHAPE)
    assert precision_choice._trial("check", network) == Trial()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (-6, "a trial ended with exit code -6 at the layer a"),
        (1, "a trial ended with exit code 1 at the layer a: no memory"),
        (None, "a trial did not end within 20 minutes at the layer a"),
    ],
)
def test_a_process_that_ends_has_named_the_layer(code, fault):
    assert read([{"gpus": []}, {"layer": "a"}], code, "no memory").fault == fault


@pytest.mark.skipif(
    not cpu_instructions.has_bfloat16(), reason="this CPU computes bfloat16 otherwise"
)
def test_a_real_trial_of_a_small_network_finds_nothing_wrong():
    recipe = Recipe(
        arch="cnn3d",
        optimisation=Optimisation(precision="mixed_bfloat16", batch_size=2),
    )
    assert precision_choice.settled(recipe, SHAPE) == recipe


@pytest.mark.parametrize("able", [True, False])
def test_a_cpu_without_instructions_is_named(monkeypatch, able):
    trial = Trial(fault="the layer stem gets its output wrong")
    with pytest.raises(UsageError, match="on this CPU: the layer stem") as refused:
        settled(monkeypatch, "mixed_bfloat16", trial, able=able)
    assert ("has no avx512_bf16 or amx_bf16" in str(refused.value)) is not able
