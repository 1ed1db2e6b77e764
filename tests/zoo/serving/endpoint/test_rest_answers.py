import gzip
import threading
import time

import pytest

from tests.zoo.serving.endpoint.recorded_models import recorded_models
from zoo.serving.endpoint.rest_answers import Answers, unpacked
from zoo.serving.endpoint.rest_routes import PREDICT, REGRESS, Route
from zoo.serving.endpoint.status_error import StatusError

_ROUTE = Route(verb=PREDICT, name="half_plus_two_tf2")


def answers():
    return Answers(recorded_models(), max_bytes=1000, decoders=1)


def ask(body, *, route=_ROUTE, packed=False, seconds=30.0):
    return answers().prediction(
        route, body, gzip=packed, deadline=time.monotonic() + seconds
    )


def test_a_prediction_is_json():
    assert ask(b'{"instances": [2]}') == b'{"predictions": [3.0]}'


def test_a_packed_body_is_unpacked():
    body = gzip.compress(b'{"inputs": [2]}')
    assert ask(body, packed=True) == b'{"outputs": [3.0]}'


@pytest.mark.parametrize("verb", ["classify", REGRESS])
def test_only_predict_is_implemented(verb):
    with pytest.raises(StatusError, match=f"UNIMPLEMENTED: .* has no {verb}"):
        ask(b"{}", route=Route(verb=verb, name="multi"))


def test_a_signature_whose_name_is_no_unicode_does_not_exist():
    with pytest.raises(StatusError, match="INVALID_ARGUMENT: .* not found in sig"):
        ask(b'{"signature_name": "\\ud800", "instances": [2]}')


def test_a_signature_must_exist():
    with pytest.raises(
        StatusError, match='signature name: "no" not found in signature'
    ):
        ask(b'{"signature_name": "no", "inputs": 1}')


def test_a_signature_must_have_inputs():
    with pytest.raises(
        StatusError, match="Failed to get input map for signature: __sav"
    ):
        ask(b'{"signature_name": "__saved_model_init_op", "inputs": 1}')


def test_a_request_after_its_time_is_not_decoded():
    with pytest.raises(StatusError, match="DEADLINE_EXCEEDED"):
        ask(b"{", seconds=-1.0)


def test_a_request_waits_for_a_decoder_no_longer_than_it_has_time():
    asked = answers()
    with asked._decoder(time.monotonic() + 10):
        start = time.monotonic()
        with pytest.raises(StatusError, match="DEADLINE_EXCEEDED"):
            asked.prediction(_ROUTE, b"{}", gzip=False, deadline=start + 0.1)
        assert time.monotonic() - start < 5
    freed = threading.Thread(
        target=asked.prediction,
        args=(_ROUTE, b'{"inputs": [2]}'),
        kwargs={"gzip": False, "deadline": time.monotonic() + 10},
    )
    freed.start()
    freed.join(10)
    assert not freed.is_alive()


def test_a_packed_body_is_no_larger_than_a_plain_one():
    with pytest.raises(StatusError, match="RESOURCE_EXHAUSTED: .* 1000 bytes"):
        unpacked(gzip.compress(b" " * 10**6), 1000)


@pytest.mark.parametrize("body", [b"", b"{}", gzip.compress(b"{}", mtime=0)[:-4]])
def test_a_broken_packed_body_is_refused(body):
    with pytest.raises(StatusError, match="gzip"):
        unpacked(body, 1000)
