"""Services connected to small servers of their protocols, and what they are asked."""

import contextlib

import numpy as np
import pytest

from tests.zoo.serving.client import served
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from zoo.serving.client import services
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice

LIVER = ModelChoice(name="liver")
RECORDS = {"examples": np.array([b"\0record\xff"], object)}


def made_model():
    """Repeats what it is given, answers records, and has a signature of one output."""
    seen = []

    def repeat(inputs):
        seen.append(inputs)
        return {"seen": inputs["x"] * 2, "n": inputs["n"] + 1, "text": np.array(["ä"])}

    made = Model({"serve_examples": lambda inputs: served.answer(), "repeat": repeat})
    made.signatures["single"] = lambda inputs: {"y": np.array([[1.5]], np.float32)}
    return made


@contextlib.contextmanager
def connected(protocol, port, *, tls=False, **options):
    address = read(f"{protocol}{'s' if tls else ''}://127.0.0.1:{port}")
    asking = Asking(address=address, choice=LIVER, **options)
    with contextlib.closing(services.connect(asking)) as service:
        yield service


@contextlib.contextmanager
def serving(protocol, model, **options):
    with (
        SERVERS[protocol](model) as port,
        connected(protocol, port, **options) as service,
    ):
        yield service


def ask(service, choice=LIVER, *, timeout_s=20, signature="serve_examples"):
    return service.predict(
        choice, signature, RECORDS, outputs=["probabilities"], timeout_s=timeout_s
    )


def refused(service, **options):
    with pytest.raises(EndpointError) as caught:
        ask(service, **options)
    return caught.value
