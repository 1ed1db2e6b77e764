import socket
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from zoo.serving.servers import settings
from zoo.serving.servers.settings import Settings


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"port": 0}, "--port is between 1 and 65535. Received: 0"),
        ({"rest_port": 65536}, "--rest-port is between 1 and 65535"),
        ({"port": 8501}, "--port and --rest-port differ. Received: 8501 for both"),
        ({"ssl_key": Path("a")}, "--ssl-certificate and --ssl-key go together"),
        ({"token_file": Path("nosuch")}, "--token-file nosuch does not exist"),
        ({"max_request_mib": 0}, "--max-request-mib is 1 or more. Received: 0"),
        ({"root": Path("nosuch")}, "nosuch does not exist. Name the model root"),
    ],
)
def test_wrong_settings(told, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        Settings(**{"root": tmp_path, **told})


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_a_port_in_use(host, tmp_path):
    with socket.create_server((host, 0)) as other:
        port = other.getsockname()[1]
        taken = Settings(root=tmp_path, rest_port=port)
        with pytest.raises(UsageError, match=f"--rest-port {port} of .* in use"):
            settings.check_ports(taken, host)


def test_a_host_that_is_not_of_this_machine(tmp_path):
    with pytest.raises(UsageError, match="of nosuch.invalid can't be listened on"):
        settings.check_ports(Settings(root=tmp_path), "nosuch.invalid")
