import dataclasses

import numpy as np
import pytest

from pipelines.errors import StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.tasks.target import Target
from tests.zoo.serving.client import served
from zoo.prediction import output_format
from zoo.prediction.model_facts import ModelFacts
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.endpoint_predictions import predicted
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.description import Description

CHOICE = ModelChoice(name="liver", version=3)
ASKING = Asking(address=read("http://a"), choice=CHOICE, timeout_s=20, parallel=3)


class Service:
    """Answers what it is given, by the record; of a list one after the other.

    An error is raised.
    """

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def predict(self, choice, signature, inputs, *, outputs, timeout_s):
        self.asked.append((choice, signature, tuple(inputs), tuple(outputs)))
        answer = self.answers[inputs["examples"][0]]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def studies(count):
    return [
        OneRecord(name=f"study {i}", ids={"patient_id": f"P{i}"}, record=b"%d" % i)
        for i in range(1, count + 1)
    ]


def predictions(
    answers, records=None, task=served.TASK, *, staged=False, set_level=None
):
    description = Description(task=task, channels=("T1",))
    model = DescribedModel(
        choice=CHOICE,
        description=description,
        facts=ModelFacts(
            name="liver", task=task, has_last_stage=staged, set_level=set_level
        ),
    )
    answers = {b"%d" % i: one for i, one in enumerate(answers, 1)}
    service = Service(answers)
    records = studies(len(answers)) if records is None else records
    return [*predicted(records, model, service, ASKING)], service


def test_each_study_has_its_own_answer_in_order():
    found, service = predictions([served.answer(share=i / 20) for i in range(20)])
    assert [one.number for one in found] == [*range(1, 21)]
    assert [one.name for one in found] == [f"study {i}" for i in range(1, 21)]
    shares = [float(one.outputs["probabilities"][1]) for one in found]
    assert shares == pytest.approx([i / 20 for i in range(20)])
    assert [str(one.outputs["label"]) for one in found[:1] + found[-1:]] == [
        *served.CLASSES
    ]
    assert found[4].ids == {"patient_id": "P5"}


def test_all_studies_ask_the_version_that_was_described():
    _, service = predictions([served.answer()] * 5)
    wanted = ("probabilities", "label", "class_names")
    assert {*service.asked} == {(CHOICE, "serve_examples", ("examples",), wanted)}


def test_a_study_that_fails_does_not_stop_the_others(no_waits):
    torn = StudyError(code="x", problem="torn", cure="Mend it", private="/path")
    records = studies(4)
    records[2] = OneRecord(name="study 3", error=torn)
    answers = [served.answer(), EndpointError("too_large"), None, served.answer()]
    found, _ = predictions(answers, records)
    assert [one.error and one.error.code for one in found] == [
        *(None, "too_large", "x", None)
    ]


def test_what_no_check_foresaw_fails_one_study():
    found, _ = predictions([served.answer(), ZeroDivisionError("secret")])
    assert found[0].error is None
    assert found[1].error.problem == "predicting ended in ZeroDivisionError"


def test_a_busy_endpoint_is_asked_again(no_waits):
    found, service = predictions([[EndpointError("busy"), served.answer()]])
    assert found[0].error is None
    assert len(service.asked) == 2 and len(no_waits) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"probabilities": np.array([[np.nan, 1]], np.float32)}, "no_prediction"),
        ({"probabilities": np.array([0.5, 0.5], np.float32)}, "bad_answer"),
        ({"probabilities": np.array([[1, 0]])}, "bad_answer"),
        ({"class_names": np.array([["ill", "well"]])}, "bad_answer"),
        ({"label": np.array([1])}, "bad_answer"),
        ({"label": np.array(["neither"])}, "bad_answer"),
    ],
)
def test_what_is_no_answer_of_this_model(changes, code):
    found, _ = predictions([served.answer() | changes])
    assert found[0].error.code == code


def test_a_last_stage_is_asked_for_and_an_unknown_study_shown_as_unknown():
    answers = [served.staged_answer(), served.staged_answer(is_unknown=True)]
    found, service = predictions(answers, staged=True)
    assert {*service.asked} == {
        (CHOICE, "serve_examples", ("examples",), tuple(answers[0]))
    }
    (main,) = ModelFacts(name="liver", task=served.TASK).target_outputs
    shown = [output_format.fields(one.outputs, main) for one in found]
    assert [one["class"] for one in shown] == ["well", "unknown"]
    assert shown[0] == {
        "class": "well",
        "probabilities": {"well": 0.75, "ill": 0.25},
        "probabilities_uncalibrated": {
            "well": pytest.approx(0.4),
            "ill": pytest.approx(0.6),
        },
        "score": -2.5,
        "is_unknown": False,
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"score": np.array([np.nan], np.float32)}, "no_prediction"),
        (
            {"probabilities_uncalibrated": np.array([[np.inf, 0]], np.float32)},
            "no_prediction",
        ),
        ({"score": np.array([[1.0]], np.float32)}, "bad_answer"),
        ({"is_unknown": np.array([1])}, "bad_answer"),
        ({"is_unknown": np.array(["true"])}, "bad_answer"),
        ({"probabilities_uncalibrated": np.array([0.5], np.float32)}, "bad_answer"),
        ({"probabilities": np.array([[np.nan, 1]], np.float32)}, "no_prediction"),
    ],
)
def test_what_is_no_answer_of_a_model_with_a_last_stage(changes, code):
    found, _ = predictions([served.staged_answer() | changes], staged=True)
    assert found[0].error.code == code


def test_labels_and_numbers_of_further_targets():
    signs = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
    fat = Target(kind="regression", columns=("fat",), name="fat")
    task = dataclasses.replace(served.TASK, target=signs, further_targets=(fat,))
    answer = {
        "probabilities": np.array([[0.25, 0.75]], np.float32),
        "label": np.array([[0, 1]]),
        "class_names": np.array([["A", "B"]]),
        "predictions_fat": np.array([[1234.5]], np.float32),
    }
    found, service = predictions([answer], task=task)
    assert found[0].error is None
    assert found[0].outputs["predictions_fat"].tolist() == [1234.5]
    assert service.asked[0][3] == tuple(answer)


SET = "prediction_set"


def test_sets_are_asked_for_where_the_model_says_that_it_has_some():
    answer = served.staged_answer() | {SET: np.array([[True, False]])}
    (found,), service = predictions([answer], staged=True, set_level=0.9)
    ((_, _, _, asked),) = service.asked
    assert asked == tuple(answer)
    (main,) = ModelFacts(name="liver", task=served.TASK).target_outputs
    assert output_format.fields(found.outputs, main)[SET] == ["well"]


@pytest.mark.parametrize("wrong", [[[1, 0]], [True, False], [[True, False, True]]])
def test_what_is_no_set(wrong):
    answer = served.staged_answer() | {SET: np.array(wrong)}
    (found,), _ = predictions([answer], staged=True, set_level=0.9)
    assert found.error.code == "bad_answer"
