"""`NAME/labels.json`: which versions carried the label `stable` before.

TensorFlow Serving looks at numbered folders alone and ignores the file.
"""

import json
import os
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import atomic_files

FILE = "labels.json"


def before(root: str | os.PathLike, name: str, stable: int | None) -> tuple[int, ...]:
    """The versions that were `stable` before today's, the last one last.

    Args:
        stable: today's. The file is written before `models.config`, so it may stand
            at the end already.

    Raises:
        DataError: the file is damaged.
    """
    path = Path(root) / name / FILE
    try:
        versions = json.loads(path.read_text(encoding="utf-8"))["stable_before"]
        versions = list(versions)
        if not all(type(version) is int for version in versions):
            raise ValueError(f"versions are whole numbers. Received: {versions}")
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise DataError(
            f"{path} can't be read: {error!r}. Remove it: nothing is lost but what "
            "--rollback goes back to"
        ) from error
    while versions and versions[-1] == stable:
        versions.pop()
    return tuple(versions)


def write(root: str | os.PathLike, name: str, versions: tuple[int, ...]) -> None:
    """Writes what `before` reads, whole or not at all."""
    text = json.dumps({"stable_before": versions}) + "\n"
    atomic_files.write_text(Path(root) / name / FILE, text)
