"""The command line: tensorflow_model_server's names, as far as this server has them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipelines.errors import UsageError

_SECONDS = "seconds between looks at the "


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What the command line said; the names are the flags'."""

    port: int
    rest_api_port: int | None
    rest_api_timeout_in_ms: int
    grpc_max_threads: int
    model_config_file: Path | None
    model_config_file_poll_wait_seconds: int
    model_name: str
    model_base_path: Path | None
    file_system_poll_wait_seconds: int
    enable_batching: bool
    batching_parameters_file: Path | None
    monitoring_config_file: Path | None
    allow_version_labels_for_unavailable_models: bool
    enable_model_warmup: bool
    host: str
    token_file: Path | None
    max_request_bytes: int
    ssl_certificate: Path | None
    ssl_key: Path | None

    def __post_init__(self):
        if (self.model_config_file is None) == (self.model_base_path is None):
            raise UsageError("give --model_config_file or --model_base_path, not both")
        if (self.ssl_certificate is None) != (self.ssl_key is None):
            raise UsageError("--ssl_certificate and --ssl_key go together")
        if self.batching_parameters_file and not self.enable_batching:
            raise UsageError("--batching_parameters_file wants --enable_batching")
        for name in ("port", "rest_api_port"):
            port = getattr(self, name)
            if port is not None and not 0 <= port < 2**16:
                raise UsageError(f"--{name} must be a port. Received: {port}")
        for name in ("model_config_file", "file_system"):
            if getattr(self, f"{name}_poll_wait_seconds") < 0:
                raise UsageError(f"--{name}_poll_wait_seconds must be 0 or more")
        for name in ("rest_api_timeout_in_ms", "grpc_max_threads", "max_request_bytes"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name} must be 1 or more")
        for name, path in vars(self).items():
            if name.endswith(("_file", "certificate", "key")) and path is not None:
                _check_file(name, path)


def _check_file(name: str, path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"--{name} must name a file. Received: {path}")


class _Parser(argparse.ArgumentParser):
    """Reports what is wrong as all commands do."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(arguments: Sequence[str]) -> Flags:
    """Reads the command line.

    Raises:
        UsageError: a flag that this server has not, or a value that is none.
    """
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        raise UsageError(
            f"the embedded endpoint has no {' '.join(unknown)}. See --help, or serve "
            "with tensorflow_model_server"
        )
    return Flags(**vars(options))


def _parser() -> argparse.ArgumentParser:
    parsed = _Parser(
        prog="python -m zoo.serving.endpoint.main",
        description="Serves SavedModels by TensorFlow Serving's protocols, for "
        "development and small sites. Flags as those of tensorflow_model_server.",
        allow_abbrev=False,
    )
    _add_models(parsed)
    _add_server(parsed)
    return parsed


def _add_models(parsed: argparse.ArgumentParser) -> None:
    add = parsed.add_argument
    add("--model_config_file", type=Path, help="ModelServerConfig (text proto)")
    add(
        "--model_config_file_poll_wait_seconds",
        type=int,
        default=0,
        help=f"{_SECONDS}configuration; 0 = it is read once (default)",
    )
    add("--model_name", default="default", help="of the model at --model_base_path")
    add("--model_base_path", type=Path, help="one model, in place of a configuration")
    add(
        "--file_system_poll_wait_seconds",
        type=int,
        default=1,
        help=f"{_SECONDS}versions of each model; 0 = once (default 1)",
    )
    _add_switch(parsed, "--enable_batching", default=False)
    add("--batching_parameters_file", type=Path, help="BatchingParameters (text proto)")
    add("--monitoring_config_file", type=Path, help="MonitoringConfig (text proto)")
    _add_switch(parsed, "--allow_version_labels_for_unavailable_models", default=False)
    _add_switch(parsed, "--enable_model_warmup", default=True)


def _add_server(parsed: argparse.ArgumentParser) -> None:
    add = parsed.add_argument
    add("--port", type=int, default=8500, help="of gRPC; 0 = any that is free")
    add("--rest_api_port", type=int, help="0 = any that is free; not given = no REST")
    add(
        "--rest_api_timeout_in_ms",
        type=int,
        default=30_000,
        help="the longest that any request may take, of gRPC as well (default 30000)",
    )
    add(
        "--grpc_max_threads",
        type=int,
        default=64,
        help="requests that may run or wait, of REST as well (default 64)",
    )
    add("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    add("--token_file", type=Path, help="the token that requests must carry")
    add(
        "--max_request_bytes",
        type=int,
        default=64 * 2**20,
        help="larger requests are refused (default 64 MiB)",
    )
    add("--ssl_certificate", type=Path, help="certificate chain (PEM), for TLS")
    add("--ssl_key", type=Path, help="its private key (PEM)")


def _add_switch(parsed: argparse.ArgumentParser, name: str, *, default: bool) -> None:
    parsed.add_argument(
        name,
        nargs="?",
        type=_true_or_false,
        const=True,
        default=default,
        metavar="true|false",
        help=f"default {str(default).lower()}",
    )


def _true_or_false(text: str) -> bool:
    values = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in values:
        raise argparse.ArgumentTypeError(f"wants true or false. Received: {text}")
    return values[text.lower()]
