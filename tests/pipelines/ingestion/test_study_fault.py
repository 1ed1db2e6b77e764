"""The one place that catches all: what is a study's fault, and what is not."""

import errno

import pytest

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion.study_fault import attempt


def raises(error):
    def make():
        raise error

    return attempt(make)


def test_what_was_made_is_given():
    assert attempt(lambda: "record") == "record"


def test_a_fault_of_the_study_is_given_as_it_is():
    error = StudyError(code="x", problem="bad", cure="Mend it")
    assert raises(error) is error


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError("of P1"), OSError(errno.EIO, "of P1"), RecursionError("of P1")],
)
def test_what_no_check_foresaw_keeps_its_words_private(error):
    fault = raises(error)
    assert fault.code == "unexpected"
    assert fault.problem == f"reading the study ended in {type(error).__name__}"
    assert "P1" in fault.private and "P1" not in fault.problem + fault.cure


def test_memory_has_a_cure_of_its_own():
    assert raises(MemoryError()).code == "out_of_memory"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_no_study_s_fault(number):
    with pytest.raises(DataError, match="the disk takes no more"):
        raises(OSError(number, "full"))


@pytest.mark.parametrize("error", [DataError("the table"), UsageError("the option")])
def test_what_is_not_of_one_study_ends_the_run(error):
    with pytest.raises(type(error), match=str(error)):
        raises(error)


def test_an_interruption_ends_the_run():
    with pytest.raises(KeyboardInterrupt):
        raises(KeyboardInterrupt())
