"""The files of a model root beside its models: configuration, proxy, orchestration.

The originals ship with the package, in `zoo/serving/templates`.
"""

import os
import shutil
from pathlib import Path

from pipelines.storage import atomic_files, package_files
from zoo.serving.model_root import models_config

# In the root: below `templates`. A name that begins with a dot would not be packaged
# by every tool.
FILES = {
    ".gitignore": "gitignore",
    "README.md": "README.md",
    "batching.config": "batching.config",
    "monitoring.config": "monitoring.config",
    "compose.yaml": "compose.yaml",
    "kubernetes.yaml": "kubernetes.yaml",
    "proxy/nginx.conf": "nginx.conf",
    "proxy/token-map.sh": "token-map.sh",
}


def template(name: str) -> Path:
    """Where an original lies."""
    return package_files.path("zoo", f"serving/templates/{name}")


def server_version() -> str:
    """The version of TensorFlow Serving that is served with, e.g. `"2.20.0"`."""
    return template("server_version.txt").read_text(encoding="utf-8").strip()


def fill(root: str | os.PathLike) -> None:
    """Makes the folder and those of its files that are missing; none is overwritten.

    Raises:
        OSError: they can't be written.
    """
    for name, original in FILES.items():
        path = Path(root) / name
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_files.replacing(path) as aside:
            shutil.copyfile(template(original), aside)
    models_config.begin(root)
