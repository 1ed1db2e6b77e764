"""Errors and what each of them may carry."""

import pickle

from pipelines.errors import DataError, StudyError, UsageError, ZooError


def test_a_study_error_crosses_processes():
    error = StudyError(
        code="x",
        problem="bad",
        cure="Mend it",
        private="P1",
        subject="T2",
        instead=("a",),
    )
    copy = pickle.loads(pickle.dumps(error))
    assert vars(copy) == vars(error)
    assert vars(copy) == {
        "code": "x",
        "problem": "bad",
        "cure": "Mend it",
        "private": "P1",
        "subject": "T2",
        "instead": ("a",),
    }


def test_the_message_shows_private_words_only_where_there_are_some():
    assert str(StudyError(code="x", problem="bad", cure="Mend")) == "bad. Mend"
    error = StudyError(code="x", problem="bad", cure="Mend", private="P1")
    assert str(error) == "bad [P1]. Mend"


def test_all_are_errors_of_the_zoo():
    assert issubclass(StudyError, ZooError)
    assert issubclass(DataError, ZooError) and issubclass(UsageError, ZooError)
