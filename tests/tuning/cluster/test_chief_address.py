"""Where a chief listens."""

import socket

import pytest

from pipelines.errors import UsageError
from tuning.cluster import chief_address
from tuning.cluster.chief_address import ChiefAddress


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("8765", "127.0.0.1:8765"),  # nobody else is let in unless a host is named
        ("node3:8765", "node3:8765"),
        ("0.0.0.0:1", "0.0.0.0:1"),
        ("[::1]:65535", "[::1]:65535"),
    ],
)
def test_an_address_is_read(text, target):
    assert chief_address.parsed(text, "--chief").target == target


def test_workers_name_a_host():
    assert ChiefAddress(host="::", port=1).for_workers == f"{socket.gethostname()}:1"
    assert ChiefAddress(host="node3", port=1).for_workers == "node3:1"


@pytest.mark.parametrize("text", ["", "node3", "a:b", ":1", "0", "65536", "::1:80"])
def test_another_text_is_no_address(text):
    with pytest.raises(UsageError, match="--worker is PORT, on this machine, or HOST"):
        chief_address.parsed(text, "--worker")
