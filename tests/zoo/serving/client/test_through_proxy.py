"""The client through the shipped proxy: what that refuses is told by its cause."""

import contextlib

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.client import served
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from tests.zoo.serving.templates import proxy
from zoo.serving.client import described_model, services
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.retries import retried

pytestmark = pytest.mark.skipif(
    not (proxy.program("nginx") and proxy.program("openssl")),
    reason="needs nginx and openssl (apt-get install nginx-light openssl)",
)
INSTEAD = [("client_max_body_size 64m", "client_max_body_size 1m")]


@pytest.fixture(scope="module")
def model():
    return Model(
        {
            "describe": served.describe(),
            "serve_examples": lambda inputs: served.answer(),
        }
    )


@contextlib.contextmanager
def site(folder, model, *instead):
    with (
        SERVERS["grpc"](model) as grpc_port,
        SERVERS["http"](model) as rest_port,
        proxy.running(
            folder, grpc_port=grpc_port, rest_port=rest_port, instead=instead
        ) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def address(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    with site(folder, model, *INSTEAD, ("rate=20r/s", "rate=9999r/s")) as running:
        yield running.address, str(folder / "certificate")


@pytest.fixture(params=["grpcs", "https"])
def asking(request, address):
    def asking(token=proxy.TOKEN):
        return Asking(
            address=read(f"{request.param}://{address[0]}"),
            choice=ModelChoice(name="liver"),
            token=token,
            ca_file=address[1],
            timeout_s=20,
        )

    return asking


def ask(service, size=10):
    records = {"examples": np.array([b"a" * size], object)}
    return service.predict(
        ModelChoice(name="liver", version=1),
        "serve_examples",
        records,
        outputs=["label"],
        timeout_s=20,
    )


def test_a_model_answers(asking):
    with contextlib.closing(services.connect(asking())) as service:
        model = described_model.describe(service, asking())
        assert model.choice.version == 1
        assert ask(service)["label"].tolist() == ["well"]


@pytest.mark.parametrize(
    ("token", "message"),
    [(None, "asks for a token"), ("x" * 20, "refuses the token")],
)
def test_a_token_that_is_missing_or_another(asking, token, message):
    with (
        contextlib.closing(services.connect(asking(token))) as service,
        pytest.raises(DataError, match=message),
    ):
        described_model.describe(service, asking(token))


@pytest.mark.parametrize("mebibytes", [2, 20])
def test_a_record_that_is_too_large(asking, mebibytes):
    with (
        contextlib.closing(services.connect(asking())) as service,
        pytest.raises(EndpointError, match="larger than the endpoint takes"),
    ):
        ask(service, size=mebibytes * 2**20)


@pytest.mark.parametrize("scheme", ["grpcs", "https"])
def test_a_rate_that_is_exceeded_is_waited_for(scheme, model, tmp_path):
    slow = [("rate=20r/s", "rate=2r/s"), ("burst=64", "burst=1")]
    with site(tmp_path, model, *slow) as running:
        asking = Asking(
            address=read(f"{scheme}://{running.address}"),
            choice=ModelChoice(name="liver"),
            token=proxy.TOKEN,
            ca_file=str(tmp_path / "certificate"),
        )
        refusals = []

        def counted(left):
            try:
                return ask(service)
            except EndpointError as error:
                refusals.append(error.code)
                raise

        with contextlib.closing(services.connect(asking)) as service:
            for _ in range(4):
                assert retried(counted, timeout_s=30)["label"].tolist() == ["well"]
    assert refusals and {*refusals} == {"busy"}
