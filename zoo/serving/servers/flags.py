"""The options of `tensorflow_model_server`, which all three servers are given."""

from pathlib import PurePath

from zoo.serving.model_root import batching
from zoo.serving.servers.settings import Settings

POLL_SECONDS = 5


def of(settings: Settings, *, root: PurePath, config: PurePath) -> list[str]:
    """The options.

    Args:
        root: the model root, as the server sees it.
        config: the rendered `models.config`, likewise.
    """
    return [
        f"--port={settings.port}",
        f"--rest_api_port={settings.rest_port}",
        f"--model_config_file={config}",
        f"--model_config_file_poll_wait_seconds={POLL_SECONDS}",
        "--allow_version_labels_for_unavailable_models=true",
        "--enable_batching=true",
        f"--batching_parameters_file={root / batching.FILE}",
        f"--monitoring_config_file={root / 'monitoring.config'}",
    ]
