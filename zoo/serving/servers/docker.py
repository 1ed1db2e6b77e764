"""TensorFlow Serving in its official image, where Docker's daemon answers."""

import json
import shutil
import subprocess
from pathlib import Path, PurePosixPath

from zoo.serving.model_root import folder, models_config
from zoo.serving.servers import flags
from zoo.serving.servers.settings import Settings

_ANSWER_SECONDS = 10
_CONFIG = PurePosixPath("/config")  # where the rendered copy lies in the container
PROGRAM = "tensorflow_model_server"


def runtimes() -> dict | None:
    """The runtimes that the daemon knows, by name; none if no daemon answers."""
    program = shutil.which("docker")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "info", "--format", "{{json .Runtimes}}"],
            capture_output=True,
            timeout=_ANSWER_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        known = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return known if isinstance(known, dict) else None


def arguments(settings: Settings, *, config: Path, gpu: bool) -> list[str]:
    """The command that runs the server, with the root and the copy for reading.

    Its port is published on the chosen address alone. `--init` has the server end on
    SIGTERM, which a container's first process would not hear.

    Args:
        config: the rendered copy of `models.config`, with models at `MODELS_AT`.
        gpu: whether the daemon has NVIDIA's runtime.
    """
    root = PurePosixPath(models_config.MODELS_AT)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    image = f"tensorflow/serving:{folder.server_version()}{'-gpu' if gpu else ''}"
    return [
        *(shutil.which("docker") or "docker", "run", "--rm", "--init"),
        *(("--gpus", "all") if gpu else ()),
        *("--env", "TF_FORCE_GPU_ALLOW_GROWTH=true"),
        *("--publish", f"{host}:{settings.port}:{settings.port}"),
        *("--publish", f"{host}:{settings.rest_port}:{settings.rest_port}"),
        *("--mount", _mount(settings.root, root)),
        *("--mount", _mount(config.parent, _CONFIG)),
        *("--entrypoint", PROGRAM, image),
        *flags.of(settings, root=root, config=_CONFIG / config.name),
    ]


def _mount(source: Path, target: PurePosixPath) -> str:
    """A folder for reading; quoted as CSV, since its path may hold a comma."""
    path = str(source.absolute()).replace('"', '""')
    return f'type=bind,"source={path}",target={target},readonly'
