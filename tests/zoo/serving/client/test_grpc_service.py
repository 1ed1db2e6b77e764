"""How long a message over gRPC may be."""

import numpy as np
import pytest

from tests.zoo.serving.client.connections import LIVER, connected, made_model, serving
from tests.zoo.serving.client.fake_servers import SERVERS
from zoo.serving.client.endpoint_error import EndpointError


@pytest.fixture
def model():
    return made_model()


def test_grpc_that_takes_no_such_length(model):
    large = {"examples": np.array([b"a" * 2**20], object)}
    with (
        SERVERS["grpc"](model, largest=2**16) as port,
        connected("grpc", port) as service,
        pytest.raises(EndpointError, match="larger than the endpoint takes"),
    ):
        service.predict(LIVER, "a", large, outputs=["y"], timeout_s=20)


def test_grpc_sends_more_than_its_usual_4_mib(model):
    with serving("grpc", model) as service:
        large = {"examples": np.array([b"a" * 2**23], object)}
        assert service.predict(
            LIVER, "serve_examples", large, outputs=["label"], timeout_s=20
        )
