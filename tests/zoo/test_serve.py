"""The command before programs in the place of servers, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import command
from pipelines.errors import UsageError
from tests.zoo.serving.model_root import roots
from tests.zoo.serving.servers import programs
from zoo import serve
from zoo.serving.model_root import models_config, promotion
from zoo.serving.servers import embedded, serving
from zoo.serving.servers.choice import Choice
from zoo.serving.servers.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = tmp_path / "saved_models"
    for version in (1, 2):
        roots.export(root, "liver", version)
    roots.export(root, "heart", 1)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH", raising=False)
    monkeypatch.chdir(tmp_path)
    return root


def ports():
    """Options that name two free ports."""
    with socket.create_server(("", 0)) as one, socket.create_server(("", 0)) as two:
        numbers = [s.getsockname()[1] for s in (one, two)]
    return [f"--port={numbers[0]}", f"--rest-port={numbers[1]}"]


def wait_for(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_server_on_path(root, tmp_path):
    note = tmp_path / "note"
    programs.put(
        tmp_path / "bin" / "tensorflow_model_server", note, then="time.sleep(60)"
    )
    chosen = ports()
    process = subprocess.Popen(
        [sys.executable, "-m", "zoo.serve", "--model", "liver", *chosen],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    wait_for(note.exists)
    called = programs.noted(note)
    given = dict(option.split("=", 1) for option in called["argv"])
    assert called["growth"] == "true"
    assert [given["--port"], given["--rest_api_port"]] == [
        option.partition("=")[2] for option in chosen
    ]
    assert given["--batching_parameters_file"] == f"{root}/batching.config"
    assert given["--monitoring_config_file"] == f"{root}/monitoring.config"
    copy = Path(given["--model_config_file"])
    assert labels(copy) == {"liver": (f"{root}/liver", 1)}
    promotion.promote(root, "liver", 2, "stable")
    wait_for(lambda: labels(copy) == {"liver": (f"{root}/liver", 2)})
    process.send_signal(signal.SIGTERM)
    shown, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "tensorflow_model_server serves liver of saved_models" in shown
    assert "asks for no token: keep its ports behind a firewall" in shown
    assert not copy.exists()


def labels(path):
    """Path and stable version of each model."""
    models = models_config.parse(path).model_config_list.config
    return {m.name: (m.base_path, m.version_labels["stable"]) for m in models}


def test_docker(root, tmp_path, capsys):
    note = tmp_path / "note"
    info = "print('{\"nvidia\": {}}'); sys.exit(0)"
    kept = "import shutil; shutil.copy([a.split('source=')[1].split('\"')[0] for a in "
    kept += "sys.argv if 'target=/config' in a][0] + '/models.config', 'copy'); "
    programs.put(
        tmp_path / "bin" / "docker", note, info=info, then=kept + "sys.exit(5)"
    )
    assert command.run(serve.main, ports()) == 5
    called = programs.noted(note)["argv"]
    assert called[:4] == ["run", "--rm", "--init", "--gpus"]
    assert labels(Path("copy"))["heart"] == ("/models/heart", 1)
    assert "in Docker, with GPU serves liver, heart of" in capsys.readouterr().out


def test_the_embedded_endpoint(root, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(
        embedded, "run", lambda flags, settings: calls.append((flags, settings)) or 0
    )
    chosen = ports()
    assert command.run(serve.main, ["--with", "embedded", *chosen]) == 0
    ((flags, settings),) = calls
    assert flags[0] == chosen[0]
    assert settings.root == Path("saved_models")
    assert f"--batching_parameters_file={root}/batching.config" in flags
    shown = capsys.readouterr()
    assert "the embedded endpoint serves liver, heart of saved_models" in shown.out
    port = chosen[0].partition("=")[2]
    assert f"loading; then it answers at grpc://127.0.0.1:{port} and http" in shown.out
    assert shown.err == (
        f"next: python -m zoo.predict --endpoint grpc://127.0.0.1:{port} --model liver "
        "--dicom DIR --out result.csv\n"
    )


def test_who_listens_everywhere_is_asked_at_this_machine(root, monkeypatch, capsys):
    monkeypatch.setattr(embedded, "run", lambda flags, settings: 0)
    (root / "token").write_text("x" * 40, encoding="utf-8")
    chosen = ports()
    given = ["--with", "embedded", "--host", "0.0.0.0", "--model", "heart"]
    given += ["--token-file", str(root / "token")]
    assert command.run(serve.main, [*given, *chosen]) == 0
    port = chosen[0].partition("=")[2]
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"next: python -m zoo.predict --endpoint grpc://localhost:{port} --model heart "
        f"--token-file {root / 'token'} --dicom DIR --out result.csv"
    )


def test_files_that_are_missing_are_made(root, monkeypatch):
    monkeypatch.setattr(embedded, "run", lambda flags, settings: 0)
    (root / "batching.config").unlink()
    assert command.run(serve.main, ["--with", "embedded", *ports()]) == 0
    assert (root / "batching.config").is_file()


def test_files_that_can_not_be_made(root, monkeypatch, capsys):
    def fill(root):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(serving.folder, "fill", fill)
    assert command.run(serve.main, ports()) == 1
    assert (
        "lacks files that can't be made: Permission denied" in capsys.readouterr().err
    )


def test_a_broken_batching_config(root, capsys):
    (root / "batching.config").write_text("nosuch: 1", encoding="utf-8")
    assert command.run(serve.main, ports()) == 1
    assert (
        "batching.config is no readable BatchingParameters: 1:1"
        in capsys.readouterr().err
    )


def test_a_program_that_can_not_be_run(root, tmp_path):
    asked = Settings(root=root)
    chosen = Choice(kind="server", program=str(tmp_path / "nosuch"))
    with pytest.raises(UsageError, match="nosuch can't be run: No such file"):
        serving._run(chosen, asked, tmp_path / "models.config")


def test_a_port_in_use(root, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = ["--with", "embedded", f"--port={port}"]
        assert command.run(serve.main, line) == 2
    assert f"--port {port} of 127.0.0.1 can't be" in capsys.readouterr().err


def test_a_model_root_that_serves_nothing_stays_as_it_is(tmp_path, capsys):
    assert command.run(serve.main, ["--root", str(tmp_path)]) == 2
    assert "serves no model yet" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
