import contextlib
import dataclasses
import socket

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.client import served
from tests.zoo.serving.client.fake_servers import SERVERS, Model, RefusedError
from zoo.serving.client import services
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import describe
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.tasks_description import DescribedTask, TasksDescription


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


@pytest.fixture
def model():
    return Model({"describe": served.describe()})


def ask(address, *, ca_file=None, name="liver", **choice):
    asking = Asking(
        address=read(address),
        choice=ModelChoice(name=name, **choice),
        ca_file=ca_file,
        timeout_s=20,
    )
    with contextlib.closing(services.connect(asking)) as service:
        return describe(service, asking)


def described(protocol, model, **choice):
    with SERVERS[protocol](model) as port:
        return ask(f"{protocol}://localhost:{port}", **choice)


def test_a_model_describes_its_task(protocol, model):
    found = described(protocol, model)
    assert found.description == served.DESCRIPTION
    assert found.facts.task == served.TASK
    assert found.facts.covariates == ("age",)
    assert found.facts.name.startswith(f"liver at {protocol}://localhost:")


def test_an_ensemble_describes_the_task_of_each_input(protocol, model):
    task = DescribedTask(
        input="examples_small", description=served.DESCRIPTION, members=("a", "b")
    )
    tasks = TasksDescription(members=("a", "b"), tasks=(task,))
    told = served.describe()
    model.signatures["describe"] = lambda inputs: {
        **told(inputs),
        "tasks": np.array([tasks.to_json()]),
    }
    found = described(protocol, model)
    assert found.tasks == tasks
    assert found.facts_of(task) == found.facts
    model.signatures["describe"] = told
    assert described(protocol, model).tasks is None


def test_a_model_says_whether_it_has_a_last_stage(protocol, model):
    assert not described(protocol, model).facts.has_last_stage
    model.signatures["describe"] = served.describe(last_stage={"outputs": ["score"]})
    assert described(protocol, model).facts.has_last_stage


def test_the_label_stable_is_meant_where_nothing_is_said(protocol, model):
    found = described(protocol, model)
    assert found.choice == ModelChoice(name="liver", version=1)
    assert not found.is_newest_for_want_of_label
    assert model.asked == [(1, "describe")]


def test_the_newest_version_answers_where_none_bears_it(protocol, model):
    model.labels = {"canary": 1}
    found = described(protocol, model)
    assert found.choice.version == 2
    assert found.is_newest_for_want_of_label


def test_a_choice_is_kept_to(protocol, model):
    model.labels["canary"] = 2
    assert described(protocol, model, label="canary").choice.version == 2
    assert described(protocol, model, version=2).choice.version == 2


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"name": "nosuch"}, "model nosuch at .*: the endpoint has no such model"),
        ({"label": "nosuch"}, "no version of the model bears this label"),
        ({"version": 9}, "does not serve this version"),
    ],
)
def test_what_is_not_there(protocol, model, choice, message):
    with pytest.raises(DataError, match=message):
        described(protocol, model, **choice)


def test_a_model_that_was_not_exported_here(protocol):
    with pytest.raises(DataError, match="no such signature: `python -m zoo.export`"):
        described(protocol, Model({}))


def test_a_model_whose_records_are_others(protocol):
    model = Model({"describe": served.describe(spec="0123456789abcdef")})
    message = "takes records of spec 0123456789abcdef.* makes records of spec "
    with pytest.raises(DataError, match=message + served.TASK.spec):
        described(protocol, model)


def test_a_description_that_is_none(protocol, model):
    number = np.array([1.0], np.float32)
    answered = {"task": number, "model": number, "spec": number}
    model.signatures["describe"] = lambda inputs: answered
    with pytest.raises(DataError, match=r"describe its task in texts \[1\]"):
        described(protocol, model)


def test_a_busy_endpoint_is_asked_again(protocol, model, no_waits):
    model.refusals = [RefusedError("UNAVAILABLE", "busy")] * 3
    assert described(protocol, model).choice.version == 1
    assert len(no_waits) == 2  # the first time it is looked what is wrong, not waited


def test_a_refused_connection_is_told_at_once(protocol, no_waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"{protocol}://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DataError, match="connection to the endpoint is refused"):
        ask(address)
    assert not no_waits


@pytest.mark.parametrize(
    ("host", "pair", "tls", "message"),
    [
        ("localhost", "local", False, "speaks TLS"),
        ("localhost", None, True, "there is no TLS on that port"),
        ("localhost", "other", True, "a host of another name.*Write the name"),
    ],
)
def test_what_is_wrong_with_the_way(
    protocol, model, certificates, host, pair, tls, message, no_waits
):
    files = {}
    if pair:
        fields = dataclasses.asdict(certificates)
        files = {"certificate": fields[pair], "key": fields[f"{pair}_key"]}
    with SERVERS[protocol](model, **files) as port:
        address = f"{protocol}{'s' * tls}://{host}:{port}"
        with pytest.raises(DataError, match=message):
            ask(address, ca_file=str(certificates.ca) if tls else None)
    assert not no_waits


def test_an_authority_that_is_not_known(protocol, model, certificates):
    pair = {"certificate": certificates.local, "key": certificates.local_key}
    with SERVERS[protocol](model, **pair) as port:
        address = f"{protocol}s://localhost:{port}"
        with pytest.raises(DataError, match="authority that is not known.*--ca-file"):
            ask(address)
        assert ask(address, ca_file=str(certificates.ca)).choice.version == 1


def test_each_protocol_on_the_port_of_the_other(model):
    for server, protocol in (("grpc", "http"), ("http", "grpc")):
        message = "another protocol.*ports of their own"
        with SERVERS[server](model) as port, pytest.raises(DataError, match=message):
            ask(f"{protocol}://localhost:{port}")
