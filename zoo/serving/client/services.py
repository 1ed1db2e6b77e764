"""The service that speaks the protocol of an address."""

import os

from zoo.serving.client import certificates
from zoo.serving.client.asking import Asking
from zoo.serving.client.service import Service


def connect(asking: Asking) -> Service:
    """What asks an endpoint; nothing is sent yet.

    Raises:
        UsageError: the file of certificates holds none.
    """
    address, token, ca_file = asking.address, asking.token, asking.ca_file
    if address.tls:
        certificates.context(ca_file)  # is refused before TensorFlow is loaded
    if address.grpc:
        # Its own log of a failed handshake says in other words what the error says.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        from zoo.serving.client.grpc_service import GrpcService  # loads TensorFlow

        return GrpcService(address, token=token, ca_file=ca_file)
    from zoo.serving.client.rest_service import RestService

    return RestService(address, token=token, ca_file=ca_file)
