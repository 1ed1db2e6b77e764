import errno

import pytest

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion.study_fault import attempt
from tests.zoo.watching.drops import FakeClock
from zoo.watching.attempts import of_study, with_tables
from zoo.watching.clock import StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.patience import Patience


def raising(error):
    def predict():
        raise error

    return predict


def test_predictions_pass():
    assert of_study(lambda: iter([1, 2])) == [1, 2]


def test_a_study_that_gives_nothing_has_failed():
    with pytest.raises(StudyError, match="no file of it is an image") as caught:
        of_study(raising(DataError("no DICOM images below /data/secret")))
    assert "secret" in caught.value.private


def test_memory_that_ran_out_is_told():
    def predict():
        raise DataError("memory ran out") from MemoryError()

    with pytest.raises(StudyError, match="does not fit into memory"):
        of_study(predict)


def test_a_full_disk_is_not_the_study_s_fault():
    full = OSError(errno.ENOSPC, "full")
    with pytest.raises(DataError, match="the disk takes no more"):
        of_study(lambda: attempt(raising(full)))


def test_tables_that_cannot_be_read_are_waited_for():
    clock = FakeClock()
    faults = [UsageError("a"), DataError("b"), OSError("c")]

    def read():
        if faults:
            raise faults.pop(0)
        return "read"

    assert with_tables(read, Patience(clock, EventLog(clock))) == "read"
    assert clock.now() > 1003
    clock.stop_asked = True
    with pytest.raises(StopAskedError):
        with_tables(raising(DataError("b")), Patience(clock, EventLog(clock)))
