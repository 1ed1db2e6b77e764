import json
from pathlib import Path

import pytest

from tests.test_imports import ROOT
from zoo.serving.client import statuses

RECORDED = ROOT / "tests" / "fixtures" / "tfserving"


def code(status, words="", token_sent=False):
    return statuses.error(status, words, token_sent=token_sent).code


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        *[("PERMISSION_DENIED", "forbidden"), ("DEADLINE_EXCEEDED", "deadline")],
        *[("TOO_LARGE", "too_large"), ("RESOURCE_EXHAUSTED", "busy")],
        *[("UNAVAILABLE", "busy"), ("INVALID_ARGUMENT", "rejected")],
        *[("INTERNAL", "server_fault"), ("UNKNOWN", "server_fault")],
        *[("UNAUTHENTICATED", "token_missing"), ("UNIMPLEMENTED", "other_protocol")],
    ],
)
def test_by_the_status(status, wanted):
    assert code(status) == wanted


def test_a_token_that_was_sent_is_refused():
    assert code("UNAUTHENTICATED", token_sent=True) == "token_refused"


@pytest.mark.parametrize(
    "words",
    [
        "Received message larger than max (5 vs. 4)",
        "the request is larger than this site allows",
    ],
)
def test_a_message_that_is_larger_than_is_taken(words):
    assert code("RESOURCE_EXHAUSTED", words) == "too_large"


def recorded(path, method=""):
    answers = json.loads((RECORDED / "rest.json").read_text(encoding="utf-8"))
    for one in answers:
        if one["path"] == path and method in one["body"]:
            return one["status"], json.loads(one["response"])["error"]
    raise AssertionError(path)


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("/v1/models/multi/labels/nope/metadata", "", "unknown_label"),
        ("/v1/models/nope/metadata", "", "unknown_model"),
        ("/v1/models/multi/versions/3:predict", "", "unknown_version"),
        ("/v1/models/multi/versions/7", "", "unknown_version"),
        ("/v1/models/multi:predict", '"zz"', "no_signature"),
        ("/v1/models/multi:predict", '"c": [1]', "rejected"),
    ],
)
def test_words_of_tensorflow_serving(path, body, wanted):
    assert code(*recorded(path, body)) == wanted


def test_words_of_its_grpc():
    for one in json.loads(
        (Path(RECORDED) / "predict_grpc.json").read_text(encoding="utf-8")
    ):
        if one["case"] == "nosig":
            assert code(one["status"], one["message"]) == "no_signature"
        if one["case"] == "nomodel":
            assert code(one["status"], one["message"]) == "unknown_model"
