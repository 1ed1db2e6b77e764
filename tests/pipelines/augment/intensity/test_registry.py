import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.registry import OPERATIONS

_SCRIPT = Path(__file__).with_name("added_operation.py")
_ROOT = Path(__file__).parents[4]


def of_frequencies(kind):
    return issubclass(kind, FrequencyOperation)


def test_no_two_operations_draw_from_the_same_numbers():
    alone = [k.STREAM for k in OPERATIONS.values() if not of_frequencies(k)]
    streams = [*alone, FrequencyOperation.STREAM]
    assert len({*streams}) == len(streams)
    places = [
        place
        for kind in OPERATIONS.values()
        if of_frequencies(kind)
        for place in range(kind.FIRST_DRAW, kind.FIRST_DRAW + kind.DRAWS)
    ]
    assert len({*places}) == len(places)


def test_operations_on_frequencies_stand_beside_each_other():
    places = [n for n, k in enumerate(OPERATIONS.values()) if of_frequencies(k)]
    assert places == [*range(places[0], places[-1] + 1)]


@pytest.mark.slow
def test_an_operation_is_added_by_one_class_and_one_entry():
    done = subprocess.run(
        [sys.executable, _SCRIPT], cwd=_ROOT, encoding="utf-8", capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "added\n"
