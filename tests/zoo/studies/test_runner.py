"""Steps are run once, in order, whatever ends the study in between."""

import json
import subprocess
import sys

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.studies import small_study
from tests.zoo.studies.small_study import Commands
from zoo.studies import begun, final_recipes, runner, steps
from zoo.training import fold_process

ALL = ["pipelines.ingest", "zoo.train", "zoo.train", "zoo.ensemble", "zoo.compare"]

KEPT = ["step", "command", "seconds", "processor_seconds", "went_on"]


@pytest.fixture
def asked(tmp_path):
    request = small_study.request(tmp_path)
    begun.begin(request, final_recipes.recipes(request))
    return request


def test_every_step_once(asked):
    commands = Commands()
    runner.run(asked, commands)
    runner.run(asked, commands)
    assert commands.modules == ALL


def test_a_failed_step_is_run_again_and_those_before_are_not(asked):
    with pytest.raises(DataError, match="step ensemble-both failed with exit code 1"):
        runner.run(asked, Commands(fail="zoo.ensemble"))
    commands = Commands()
    runner.run(asked, commands)
    assert commands.modules == ["zoo.ensemble", "zoo.compare"]


def test_wrong_usage_stays_wrong_usage(asked):
    with pytest.raises(UsageError, match="step train-one failed with exit code 2"):
        runner.run(asked, Commands(fail="zoo.train", code=2))


def test_an_interrupt_of_a_step_is_one_of_the_study(asked):
    with pytest.raises(KeyboardInterrupt):
        runner.run(asked, Commands("zoo.train", fold_process.INTERRUPTED))


def test_a_training_that_was_cut_short_is_resumed(asked):
    steps.run_path(asked, "one").mkdir(parents=True)
    commands = Commands()
    runner.run(asked, commands)
    trained = [words for module, *words in commands.called if module == "zoo.train"]
    assert trained[0][0] == "--resume" and "--recipe" not in trained[0]
    assert trained[1][0] == "--recipe"
    every = {step.name: step for step in steps.steps(asked)}
    went_on = [
        json.loads(runner.record(asked, every[name]).read_text("utf-8"))["went_on"]
        for name in ("train-one", "train-two")
    ]
    assert went_on == [True, False]


def test_a_data_set_that_was_made_unseen_is_taken(asked):
    steps.data_path(asked, "acdc", "").mkdir(parents=True)
    commands = Commands()
    runner.run(asked, commands)
    assert commands.modules == ALL[1:]
    kept = runner.record(asked, steps.steps(asked)[0]).read_text(encoding="utf-8")
    assert json.loads(kept)["seconds"] is None


def test_what_a_step_took_of_the_processor_is_kept(asked):
    busy = "import time\nwhile time.process_time() < 0.2: pass"

    def execute(command):
        subprocess.run([sys.executable, "-c", busy], check=True)
        return Commands()(command)

    runner.run(asked, execute)
    for step in steps.steps(asked):
        kept = json.loads(runner.record(asked, step).read_text(encoding="utf-8"))
        assert list(kept) == KEPT
        assert kept["seconds"] >= 0.18
        if step.module == "pipelines.ingest":  # its workers' time is not to be had
            assert kept["processor_seconds"] is None
        else:  # in ticks of 10 ms
            assert 0.18 < kept["processor_seconds"] < 1


def test_a_comparison_that_was_cut_short_is_made_anew(asked):
    (claim,) = steps.made_claims(asked)
    part = steps.comparison_path(asked, claim) / "comparison.csv"
    part.parent.mkdir(parents=True)
    part.write_text("", encoding="utf-8")
    runner.run(asked, Commands())
    assert not part.exists()


def test_what_a_finished_step_made_may_not_be_lost(asked):
    runner.run(asked, Commands())
    path = steps.run_path(asked, "one")
    (path / "made.json").unlink()
    path.rmdir()
    with pytest.raises(DataError, match="step train-one is done, but what it made is"):
        runner.run(asked, Commands())


def test_the_log_has_no_place_of_the_users(asked, tmp_path):
    runner.run(asked, Commands())
    log = (asked.out / runner.LOG).read_text(encoding="utf-8")
    assert "pipelines.ingest --table SOURCE --labels LABELS" in log
    assert str(tmp_path) not in log
