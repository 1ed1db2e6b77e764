"""Which of the three servers runs: the first that is there."""

import shutil
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import UsageError
from zoo.serving.loopback import is_loopback
from zoo.serving.servers import docker
from zoo.serving.servers.settings import Settings

Kind = Literal["server", "docker", "embedded"]
KINDS: tuple[Kind, ...] = ("server", "docker", "embedded")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A server that can run here."""

    kind: Kind
    program: str = ""  # of "server": where it lies
    gpu: bool = False  # of "docker": whether it has NVIDIA's runtime


def choose(kind: Kind | None) -> Choice:
    """The server to run.

    Args:
        kind: the one that is wanted; none = `tensorflow_model_server` on PATH, else
            Docker where its daemon answers, else the embedded endpoint.

    Raises:
        UsageError: the wanted one is not here.
    """
    if kind in (None, "server"):
        program = shutil.which(docker.PROGRAM)
        if program is not None:
            return Choice(kind="server", program=program)
        if kind is not None:
            raise UsageError(
                f"--with server wants {docker.PROGRAM}, which is not on PATH. Install "
                "TensorFlow Serving, or leave --with out"
            )
    if kind in (None, "docker"):
        runtimes = docker.runtimes()
        if runtimes is not None:
            return Choice(kind="docker", gpu="nvidia" in runtimes)
        if kind is not None:
            raise UsageError(
                "--with docker wants Docker, whose daemon does not answer (docker "
                "info). Start it, or leave --with out"
            )
    return Choice(kind="embedded")


def check(choice: Choice, settings: Settings) -> None:
    """Whether a server takes what is asked of it.

    Raises:
        UsageError: TensorFlow Serving knows no token, address or largest request; the
            embedded endpoint lets other machines ask only with a token.
    """
    if choice.kind == "embedded":
        if not is_loopback(settings.host) and settings.token_file is None:
            raise UsageError(
                f"--host {settings.host} lets other machines ask: name a file that "
                "holds a token by --token-file"
            )
        return
    given = [
        option
        for option, value in (
            ("--token-file", settings.token_file),
            ("--ssl-certificate", settings.ssl_certificate),
            ("--max-request-mib", settings.max_request_mib),
        )
        if value is not None
    ]
    if not is_loopback(settings.host):
        given.append(f"--host {settings.host}")
    if given:
        raise UsageError(
            f"TensorFlow Serving has no {', '.join(given)}. Put the proxy of "
            f"{settings.root}/compose.yaml before it, or serve --with embedded"
        )
