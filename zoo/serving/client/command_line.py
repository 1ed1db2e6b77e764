"""The options of a command that asks an endpoint."""

import argparse
from collections.abc import Mapping

from pipelines.errors import UsageError
from zoo.serving.client import address, bearer_token
from zoo.serving.client.asking import Asking
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.record_inputs import OF_RECORDS, SIGNATURES

_OF_ENDPOINT = (
    *("model", "label", "version", "signature", "token_file", "ca_file"),
    *("timeout", "parallel"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds `--endpoint` and what goes with it."""
    group = parser.add_argument_group("a served model, instead of RUN")
    group.add_argument(
        "--endpoint",
        metavar="URL",
        help="grpc://host:port, grpcs://host:port, http://host:port or "
        "https://host:port; the s is for TLS",
    )
    group.add_argument("--model", metavar="NAME", help="the model's name there")
    group.add_argument(
        "--label",
        metavar="LABEL",
        help="the version that bears it (default stable, or the newest one where no "
        "version bears that)",
    )
    group.add_argument("--version", type=int, metavar="N", help="the version N")
    group.add_argument(
        "--signature",
        choices=SIGNATURES,
        help=f"whether it is given records ({OF_RECORDS}, the default) or decoded "
        "volumes; the numbers are the same",
    )
    group.add_argument(
        "--token-file",
        metavar="FILE",
        help="holds the token that the endpoint asks for and nothing else; without it "
        f"{bearer_token.VARIABLE} of the environment counts. A token goes over TLS, or "
        "to this machine",
    )
    group.add_argument(
        "--ca-file",
        metavar="FILE",
        help="certificates (PEM) by which the endpoint's own is trusted, instead of "
        "those that this machine trusts",
    )
    group.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help="seconds for the answer to a study, all tries together (default "
        f"{Asking.timeout_s:g})",
    )
    group.add_argument(
        "--parallel",
        type=int,
        metavar="N",
        help="studies that are asked for at once, while others are read (default "
        f"{Asking.parallel})",
    )


def check(options: argparse.Namespace) -> None:
    """Holds either a run or an endpoint to what goes with it.

    Raises:
        UsageError: both, neither, or options of an endpoint without one.
    """
    if options.endpoint is not None and options.run is not None:
        raise UsageError(
            "a run and an endpoint both predict: leave one out. Received: "
            f"{options.run} and --endpoint {options.endpoint}"
        )
    if options.endpoint is not None:
        if options.model is None:
            raise UsageError("--endpoint wants --model, the name of a model there")
        return
    if options.run is None:
        raise UsageError("name the directory of a RUN, or an --endpoint")
    for name in _OF_ENDPOINT:
        if getattr(options, name) is not None:
            option = name.replace("_", "-")
            raise UsageError(f"--{option} goes with --endpoint")


def asking(options: argparse.Namespace, environment: Mapping[str, str]) -> Asking:
    """What the options of an endpoint say.

    Raises:
        UsageError: an option that can't be, or a token that must not travel.
    """
    where = address.read(options.endpoint)
    given = {"signature": options.signature, "parallel": options.parallel}
    given["timeout_s"] = options.timeout
    return Asking(
        address=where,
        choice=ModelChoice(
            name=options.model, version=options.version, label=options.label
        ),
        token=bearer_token.read(options.token_file, environment, where),
        ca_file=options.ca_file,
        **{name: value for name, value in given.items() if value is not None},
    )
