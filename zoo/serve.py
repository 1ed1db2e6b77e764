"""`python -m zoo.serve`: the models of a model root, answered for over the network."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import UsageError
from zoo.serving.servers.settings import Settings, check_ports

_ROOT = Path("saved_models")
_DESCRIPTION = """\
Serves exported models by TensorFlow Serving's protocols, gRPC and REST. What serves is
the first of these that is here: tensorflow_model_server on PATH; its image, where
Docker's daemon answers; the embedded endpoint, which is for development and small
sites. Production: docs/serving.md. The embedded endpoint alone has a web page, on
which studies are dropped, seen and answered: docs/page.md.
"""

_EXAMPLES = """\
examples:
  python -m zoo.serve --demo
      the page of the embedded endpoint, with a model that is trained for it on
      invented patients, and a study to drop (docs/page.md)
  python -m zoo.serve
      all models of saved_models, on this machine alone
  python -m zoo.serve --model liver --with embedded
  python -m zoo.serve --with embedded --host 0.0.0.0 --token-file token \\
      --ssl-certificate site.pem --ssl-key site.key
      for other machines too; who asks must show the token

exit code: that of the server; 0 if it was ended by SIGTERM or Ctrl-C; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.serve",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parsed.add_argument
    add("--model", metavar="NAME", help="serve this model alone (default: all)")
    add(
        "--root",
        type=Path,
        default=_ROOT,
        metavar="DIR",
        help="the model root (default saved_models)",
    )
    add(
        "--with",
        dest="kind",
        choices=("server", "docker", "embedded"),
        help="what serves: tensorflow_model_server on PATH, Docker, or the embedded "
        "endpoint (default: the first that is here)",
    )
    add(
        "--demo",
        type=Path,
        nargs="?",
        const=Path("demo"),
        metavar="DIR",
        help="make a model of invented patients and a study to drop in DIR (default "
        "demo), if they are not there, and serve the page with them",
    )
    add("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8500, help="port of gRPC (default 8500)")
    add("--rest-port", type=int, default=8501, help="port of REST (default 8501)")
    embedded = parsed.add_argument_group("of the embedded endpoint")
    for option, what in (
        ("--token-file", "the token that requests must carry; wanted with --host"),
        ("--ssl-certificate", "certificate chain (PEM), for TLS"),
        ("--ssl-key", "its private key (PEM)"),
    ):
        embedded.add_argument(option, type=Path, metavar="FILE", help=what)
    embedded.add_argument(
        "--max-request-mib",
        type=int,
        metavar="MIB",
        help="larger requests are refused (default 64)",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints what serves and where, and serves until it is ended."""
    options = vars(parser().parse_args(argv))
    kind, demo = options.pop("kind"), options.pop("demo")
    if demo is not None:
        return _demonstrate(demo, kind, options)
    settings = Settings(**options)
    from zoo.serving.servers import serving

    return serving.serve(settings, kind)


def _demonstrate(folder: Path, kind: str | None, options: dict[str, object]) -> int:
    """Makes what the demonstration lacks, and serves it."""
    if kind not in (None, "embedded") or options["model"] or options["root"] != _ROOT:
        raise UsageError(
            "--demo serves its own model by the embedded endpoint, which has the page. "
            "Leave --root, --model and --with out"
        )
    settings = Settings(**{**options, "root": Path()})  # its own is not made yet
    from zoo.serving.servers import choice, demonstration, serving

    made = demonstration.Demonstration(folder=folder)
    choice.check(choice.Choice(kind="embedded"), settings)
    check_ports(settings, settings.host)
    with command.goes_on_by("zoo.serve", "--demo", folder):
        demonstration.prepare(made)
    settings = dataclasses.replace(settings, root=made.root)
    what_to_do = demonstration.what_to_do(made)
    return serving.serve(settings, "embedded", what_to_do)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
