"""A model root is served: what can be refused first, then the server until its end."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import DataError, UsageError
from pipelines.storage import scratch_folder
from zoo.serving.model_root import batching, folder, models_config, rendering
from zoo.serving.servers import child, choice, docker, embedded, flags, served, settings
from zoo.serving.servers.choice import Choice, Kind
from zoo.serving.servers.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::")


def serve(asked: Settings, kind: Kind | None, what_to_do: Sequence[str] = ()) -> int:
    """Serves until the server ends, and prints which one it is and where.

    Its configuration is a copy, which follows what zoo.export and zoo.promote write.

    Args:
        kind: which server; none = the first that is here.
        what_to_do: lines that follow what is said of the server.

    Returns:
        The server's exit code; 0 if it was asked to end.

    Raises:
        UsageError: no such model, a port is in use, the server takes no such option.
        DataError: a file of the root can't be read or made.
    """
    names = served.names(asked.root, asked.model)
    _fill(asked.root)
    batching.allowed_sizes(asked.root)  # refused here if it can't be read
    chosen = choice.choose(kind)
    choice.check(chosen, asked)
    everywhere = chosen.kind == "server"
    settings.check_ports(asked, "" if everywhere else asked.host)
    in_container = chosen.kind == "docker"
    with (
        scratch_folder.held("models-config-") as aside,
        rendering.kept_in_step(
            asked.root,
            aside,
            models_at=models_config.MODELS_AT if in_container else None,
            only=asked.model,
        ) as config,
    ):
        for line in (*_introduction(chosen, asked, names), *what_to_do):
            print(line, flush=True)
        command.say_next("zoo.predict", *_asking(asked, names[0]))
        return _run(chosen, asked, config)


def _fill(root: Path) -> None:
    try:
        folder.fill(root)
    except OSError as error:
        raise DataError(
            f"{root} lacks files that can't be made: {error.strerror}. Make it "
            "writable once, or copy them there"
        ) from error


def _run(chosen: Choice, asked: Settings, config: Path) -> int:
    if chosen.kind == "docker":
        return _child(docker.arguments(asked, config=config, gpu=chosen.gpu))
    options = flags.of(asked, root=asked.root.absolute(), config=config)
    if chosen.kind == "server":
        return _child([chosen.program, *options])
    return embedded.run(options, asked)


def _child(arguments: Sequence[str]) -> int:
    environment = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", **os.environ}
    try:
        return child.run(arguments, environment=environment)
    except OSError as error:
        raise UsageError(
            f"{arguments[0]} can't be run: {error.strerror}. Choose what serves by "
            "--with"
        ) from error


def _introduction(chosen: Choice, asked: Settings, names: list[str]) -> list[str]:
    """What runs, what it serves, and where it is asked."""
    what = {
        "server": chosen.program,
        "docker": f"TensorFlow Serving {folder.server_version()} in Docker"
        f"{', with GPU' if chosen.gpu else ''}",
        "embedded": "the embedded endpoint",
    }[chosen.kind]
    lines = [
        f"{what} serves {', '.join(names)} of {asked.root}",
        f"loading; then it answers at {_address(asked, 'grpc', asked.port)} and "
        f"{_address(asked, 'http', asked.rest_port)}",
    ]
    if chosen.kind == "embedded":
        lines.append(
            "a page for studies, to be opened in a browser, is at "
            f"{_address(asked, 'http', asked.rest_port)}/"
        )
    if chosen.kind == "server":
        lines.append(
            "it listens on every address of this machine and asks for no token: keep "
            "its ports behind a firewall, and the proxy of docs/serving.md before it"
        )
    return lines


def _address(asked: Settings, protocol: str, port: int) -> str:
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    return f"{protocol}{'s' if asked.ssl_certificate else ''}://{host}:{port}"


def _asking(asked: Settings, name: str) -> list[str]:
    """Options of the command that asks the model `name`, from another terminal."""
    if asked.host in _EVERYWHERE:  # can be listened on, not asked
        asked = dataclasses.replace(asked, host="localhost")
    options = ["--endpoint", _address(asked, "grpc", asked.port), "--model", name]
    if asked.token_file:
        options += ["--token-file", str(asked.token_file)]
    return [*options, "--dicom", "DIR", "--out", "result.csv"]
