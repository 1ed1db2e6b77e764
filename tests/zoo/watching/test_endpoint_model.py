import dataclasses

import pytest

from pipelines.errors import DataError, StudyError
from tests.zoo.serving.client.served import DESCRIPTION, answer
from tests.zoo.watching.drops import FakeClock
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.result_file import Prediction
from zoo.prediction.study_source import StudySource
from zoo.serving.client import described_model, endpoint_predictions
from zoo.serving.client.address import read as address
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.watching import endpoint_model
from zoo.watching.clock import StopAskedError
from zoo.watching.endpoint_model import OF_THE_ENDPOINT, EndpointModel
from zoo.watching.event_log import EventLog
from zoo.watching.patience import Patience

ASKING = Asking(address=address("http://a:1"), choice=ModelChoice(name="liver"))


def model(version=1):
    facts = ModelFacts(name="liver", task=DESCRIPTION.task)
    choice = ModelChoice(name="liver", version=version)
    return DescribedModel(choice=choice, description=DESCRIPTION, facts=facts)


class Endpoint:
    """Answers in turn: an EndpointError's code, or nothing = the answer."""

    def __init__(self, monkeypatch, folder, *, describing=(), predicting=()):
        self.describing, self.predicting = [*describing], [*predicting]
        self.described = self.predicted = 0
        self.clock = FakeClock()
        monkeypatch.setattr(described_model, "describe", self._describe)
        monkeypatch.setattr(endpoint_predictions, "predicted", self._predict)
        monkeypatch.setattr(StudySource, "records", lambda *_: lambda: [])
        self.patience = Patience(self.clock, EventLog(self.clock))
        self.model = EndpointModel(
            service=None,
            asking=ASKING,
            source=StudySource(dicom=str(folder)),
            patience=self.patience,
            model=model(),
        )

    def _describe(self, service, asking):
        self.described += 1
        code = self.describing.pop(0) if self.describing else ""
        if code:
            raise DataError("no answer") from EndpointError(code)
        return model(version=self.described)

    def _predict(self, *_):
        self.predicted += 1
        code = self.predicting.pop(0) if self.predicting else ""
        error = EndpointError(code).of_study() if code else None
        outputs = None if error else {n: v[0] for n, v in answer().items()}
        yield Prediction(number=1, name="study 1", outputs=outputs, error=error)


@pytest.mark.parametrize("code", sorted(OF_THE_ENDPOINT))
def test_what_is_the_endpoint_s_fault_is_waited_out(monkeypatch, tmp_path, code):
    endpoint = Endpoint(monkeypatch, tmp_path, predicting=[code] * 9)
    begun = endpoint.clock.now()
    (prediction,) = endpoint.model.predictions(("a",))
    assert prediction.error is None
    assert endpoint.predicted == 10
    assert endpoint.clock.now() - begun > 60
    assert endpoint.model.served == {"name": "liver", "version": 10}  # of that moment


@pytest.mark.parametrize("code", ["cut_off", "deadline", "server_fault"])
def test_what_may_be_the_study_s_fault_is_after_some_tries(monkeypatch, tmp_path, code):
    endpoint = Endpoint(monkeypatch, tmp_path, predicting=[code] * 9)
    (prediction,) = endpoint.model.predictions(("a",))
    assert prediction.error.code == code
    assert (endpoint.predicted, endpoint.described) == (3, 3)
    endpoint = Endpoint(monkeypatch, tmp_path, predicting=[code] * 2)
    (prediction,) = endpoint.model.predictions(("a",))
    assert prediction.error is None


@pytest.mark.parametrize("code", ["too_large", "rejected", "bad_answer"])
def test_what_is_the_study_s_fault_is_at_once(monkeypatch, tmp_path, code):
    endpoint = Endpoint(monkeypatch, tmp_path, predicting=[code])
    (prediction,) = endpoint.model.predictions(("a",))
    assert (prediction.error.code, endpoint.predicted) == (code, 1)


def test_an_endpoint_that_is_down_does_not_count_against_the_study(
    monkeypatch, tmp_path
):
    down = ["", "refused", "refused", "", "unreachable", ""]
    endpoint = Endpoint(
        monkeypatch, tmp_path, describing=down, predicting=["cut_off", "cut_off"]
    )
    (prediction,) = endpoint.model.predictions(("a",))
    assert prediction.error is None
    assert endpoint.predicted == 3


def test_when_it_begins_only_what_may_pass_is_waited_for(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path, describing=["refused", "busy"])
    found = endpoint_model.described(None, ASKING, endpoint.patience, beginning=True)
    assert found.choice.version == 3
    endpoint.describing = ["unknown_model"]
    with pytest.raises(DataError, match="no answer"):
        endpoint_model.described(None, ASKING, endpoint.patience, beginning=True)
    endpoint.describing = ["unknown_model"]
    endpoint_model.described(None, ASKING, endpoint.patience)


def test_another_model_is_no_matter_of_waiting(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path)

    def describe(service, asking):
        raise DataError("takes records of another spec")

    monkeypatch.setattr(described_model, "describe", describe)
    with pytest.raises(DataError, match="another spec"):
        endpoint.model.predictions(("a",))


def test_it_stops_waiting_when_it_is_asked_to(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path, predicting=["refused"] * 9)
    endpoint.clock.stop_asked = True
    with pytest.raises(StopAskedError):
        endpoint.model.predictions(("a",))


def test_a_study_without_images_is_the_study_s_fault(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path)

    def none(*_):
        raise DataError("no DICOM images below /secret")
        yield

    monkeypatch.setattr(endpoint_predictions, "predicted", none)
    with pytest.raises(StudyError) as caught:
        endpoint.model.predictions(("a",))
    assert caught.value.code == "no_images"
    assert "secret" not in caught.value.problem + caught.value.cure


def test_members_are_those_of_an_ensemble_of_several_tasks(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path)
    assert endpoint.model.members == ()
    assert dataclasses.replace(endpoint.model.model).tasks is None


def test_a_report_names_the_version_that_answered(monkeypatch, tmp_path):
    endpoint = Endpoint(monkeypatch, tmp_path)
    for version in (1, 2):
        endpoint.model.predictions(("a",))
        assert endpoint.model.identity.served == f"liver, version {version}"
