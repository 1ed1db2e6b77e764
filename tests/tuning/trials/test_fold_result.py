import math

import pytest

from pipelines.errors import DataError
from tuning.trials import fold_result
from tuning.trials.fold_result import FoldResult

RESULT = FoldResult(
    fold="3",
    outcome="finished",
    objective=0.1 + 0.2,
    seconds=12.5,
    parts={"build": 0.5, "steps": 10.0, "validation": 1.0},
    epochs=4,
    best_epoch=2,
    parameters=1234,
    memory_mb=812.5,
)


def test_reads_back_bit_equal(tmp_path):
    fold_result.write(tmp_path, RESULT)
    assert fold_result.read(tmp_path) == RESULT


def test_a_failure_reads_back(tmp_path):
    failed = FoldResult(fold="", outcome="too_large", reason="7 of 5 parameters")
    fold_result.write(tmp_path, failed)
    assert fold_result.read(tmp_path) == failed


def test_a_fold_without_a_result_is_not_done(tmp_path):
    assert fold_result.read(tmp_path) is None


def test_an_unknown_field_is_refused():
    with pytest.raises(DataError, match="unknown key 'epoch' .did you mean 'epochs'"):
        fold_result.of_fields(fold_result.to_fields(RESULT) | {"epoch": 1})


@pytest.mark.parametrize("objective", [None, math.nan, math.inf])
def test_a_finished_fold_has_a_figure(objective):
    with pytest.raises(ValueError, match="a finished fold has a finite objective"):
        FoldResult(fold="", outcome="finished", objective=objective)


def test_only_a_finished_fold_has_a_figure():
    with pytest.raises(ValueError, match="Received: outcome='failed', objective=0.5"):
        FoldResult(fold="", outcome="failed", reason="why", objective=0.5)


def test_all_but_the_epochs_is_overhead():
    assert RESULT.overhead_seconds == 1.5
