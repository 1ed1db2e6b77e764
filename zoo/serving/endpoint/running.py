"""The server from its start to its end: models, then protocols, then signals."""

import contextlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from pipelines.errors import DataError
from zoo.serving import text_protos
from zoo.serving.endpoint import batching, model_config
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.admission import Admission
from zoo.serving.endpoint.flags import Flags
from zoo.serving.endpoint.grpc_server import Certificate, GrpcServer
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.loading import Loader
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.model_config import ServedModel
from zoo.serving.endpoint.reloading import Reloading
from zoo.serving.endpoint.rest_handler import Page, Site
from zoo.serving.endpoint.rest_server import RestOptions, RestServer
from zoo.serving.endpoint.served_models import ServedModels

# Makes what is served beside the API, of the models and of who may ask.
MakesSite = Callable[[ServedModels, Access], Site]

_NOTICE = (
    "This embedded endpoint is for development and small sites; in production serve "
    "with TensorFlow Serving"
)
_METRICS_PATH = "/monitoring/prometheus/metrics"
_METRICS_TYPE = "text/plain; version=0.0.4"
_LOGGER = "zoo.serving.endpoint"


def serve(flags: Flags, access: Access, makes_site: MakesSite | None = None) -> int:
    """Serves until SIGTERM or SIGINT.

    Args:
        makes_site: none = there is nothing beside the API.

    Returns:
        0.

    Raises:
        DataError: a configuration that can't be read, no model that can be loaded, or
            a port that can't be had.
    """
    with _logged(), _ended_by_signal() as ended:
        print(_NOTICE, flush=True)
        models, metrics = ServedModels(), Metrics()
        parameters = _batching(flags)
        limits = _limits(flags, parameters)
        reloading = Reloading(
            models,
            configured=_configured(flags),
            loader=Loader(
                limits=limits,
                admission=Admission(limits),
                metrics=metrics,
                warms_up=flags.enable_model_warmup,
                batching=parameters,
            ),
            free_labels=flags.allow_version_labels_for_unavailable_models,
        )
        site = None if makes_site is None else makes_site(models, access)
        servers = _servers(flags, models, limits, access, metrics, site)
        reloading.refresh()
        _check_any_answers(models)
        _start(servers, flags.host)
        reloading.start(_every_s(flags))
        ended.wait()
        print("Ending as soon as the requests under way are answered", flush=True)
        reloading.stop()
        _stop([*servers.values()], limits.request_timeout_s)
    return 0


def _batching(flags: Flags) -> batching.BatchingParameters | None:
    if not flags.enable_batching:
        return None
    if flags.batching_parameters_file is None:
        return batching.BatchingParameters()
    return batching.read(flags.batching_parameters_file)


def _limits(flags: Flags, parameters: batching.BatchingParameters | None) -> Limits:
    threads = None if parameters is None else parameters.num_batch_threads
    sessions = {} if threads is None else {"sessions_at_once": threads}
    return Limits(
        max_request_bytes=flags.max_request_bytes,
        request_timeout_s=flags.rest_api_timeout_in_ms / 1000,
        max_requests=flags.grpc_max_threads,
        **sessions,
    )


def _configured(flags: Flags) -> Callable[[], tuple[ServedModel, ...]]:
    """What reads which models are asked for; a file is read when it is its time."""
    path = flags.model_config_file
    if path is None:
        fixed = model_config.single(flags.model_name, flags.model_base_path)
        return lambda: fixed
    every_s = flags.model_config_file_poll_wait_seconds
    models, due = model_config.read(path), time.monotonic() + every_s

    def configured() -> tuple[ServedModel, ...]:
        nonlocal models, due
        if every_s and time.monotonic() >= due:
            models, due = model_config.read(path), time.monotonic() + every_s
        return models

    return configured


def _every_s(flags: Flags) -> float | None:
    """Seconds between passes over configuration and file system; none = no more."""
    polls = (
        flags.file_system_poll_wait_seconds,
        flags.model_config_file_poll_wait_seconds if flags.model_config_file else 0,
    )
    return min((poll for poll in polls if poll), default=None)


def _servers(
    flags: Flags,
    models: ServedModels,
    limits: Limits,
    access: Access,
    metrics: Metrics,
    site: Site | None,
) -> dict[str, GrpcServer | RestServer]:
    """The servers, not started, by what is said of them when they answer."""
    shared = {"limits": limits, "access": access, "metrics": metrics}
    certificate = None
    if flags.ssl_certificate is not None:
        certificate = Certificate(
            key=flags.ssl_key.read_bytes(), chain=flags.ssl_certificate.read_bytes()
        )
    address = {"host": flags.host, "port": flags.port, "certificate": certificate}
    servers = {"Running gRPC ModelServer": GrpcServer(models, **shared, **address)}
    pages = _pages(flags, metrics)
    if flags.rest_api_port is not None:
        options = RestOptions(
            host=flags.host,
            port=flags.rest_api_port,
            certificate=flags.ssl_certificate,
            key=flags.ssl_key,
            pages=pages,
            site=site,
        )
        servers["Exporting HTTP/REST API"] = RestServer(
            models, **shared, options=options
        )
    return servers


def _pages(flags: Flags, metrics: Metrics) -> dict[str, Page]:
    """The page of metrics, where the monitoring file asks for it."""
    if flags.monitoring_config_file is None:
        return {}
    config = text_protos.read(flags.monitoring_config_file, "MonitoringConfig")
    prometheus = config.prometheus_config
    if not prometheus.enable:
        return {}
    page = Page(content_type=_METRICS_TYPE, text=metrics.text)
    return {prometheus.path or _METRICS_PATH: page}


def _check_any_answers(models: ServedModels) -> None:
    if any(models.available(name) for name in models.names()):
        return
    states = [
        f"{name} {state.version}: {state.error_message or state.state}"
        for name in models.names()
        for state in models.status(name)
    ]
    raise DataError(f"no model can be served. {'; '.join(states) or 'None is there'}")


def _start(servers: dict[str, GrpcServer | RestServer], host: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    for said, server in servers.items():
        try:
            port = server.start()
        except (OSError, RuntimeError) as error:
            _stop([one for one in servers.values() if one is not server], 0.0)
            raise DataError(f"{said} at {host} failed: {error}") from error
        print(f"{said} at {shown}:{port} ...", flush=True)


def _stop(servers: Sequence[GrpcServer | RestServer], grace_s: float) -> None:
    """Stops all at once, so that together they take no longer than one."""
    threads = [
        threading.Thread(target=server.stop, args=(grace_s,)) for server in servers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[threading.Event]:
    """Set by SIGTERM and SIGINT, where the caller's thread may ask for signals."""
    ended = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield ended
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, lambda *_: ended.set())
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _logged() -> Iterator[None]:
    """What happens meanwhile is written to standard error."""
    logger = logging.getLogger(_LOGGER)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
