import pytest

from zoo.serving.client.endpoint_error import CAUSES, EndpointError


@pytest.mark.parametrize("code", CAUSES)
def test_a_study_bears_the_cause_and_the_cure_alone(code):
    error = EndpointError(code, "secret words of a server").of_study()
    assert (error.problem, error.cure) == CAUSES[code]
    assert "secret" in error.private and "secret" in str(error)


def test_long_words_are_cut_and_on_one_line():
    private = EndpointError("busy", "two\nlines " * 1000).private
    assert len(private) == 500 and "\n" not in private


def test_words_do_not_steer_the_terminal():
    assert EndpointError("busy", "\x1b[2Jä\0\x80").private == "?[2Jä??"


def test_what_may_pass():
    assert EndpointError("busy").may_pass and EndpointError("refused").may_pass
    assert not EndpointError("token_refused").may_pass
