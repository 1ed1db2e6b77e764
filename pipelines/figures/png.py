"""A figure as a file, PNG or vectors: the one place that saves figures."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from pipelines.errors import DataError
from pipelines.figures import fonts
from pipelines.storage.atomic_files import replacing

# Letters of SVG are outlines, which every machine shows; PDF has its fonts within, as
# TrueType, which journals ask for.
_VECTORS = {"svg.hashsalt": "figure", "svg.fonttype": "path", "pdf.fonttype": 42}
_NOTHING_SAID = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def write(figure: Figure, path: str | os.PathLike, **options: Any) -> None:
    """Writes a figure, whole or not at all, with fonts for all of its letters.

    Args:
        options: of Matplotlib's `savefig`.
    """
    with fonts.quiet(), replacing(path) as aside:
        fonts.fit(figure)
        figure.savefig(aside, format="png", **options)


def write_vectors(figure: Figure, path: str | os.PathLike, **options: Any) -> None:
    """Writes a figure as `.svg` or `.pdf`, by the suffix of the path; else as `write`.

    The same figure gives the same bytes: no date, no software, no random ids.

    Args:
        options: of Matplotlib's `savefig`.
    """
    suffix = os.path.splitext(path)[1].removeprefix(".")
    with fonts.quiet(), replacing(path) as aside, matplotlib.rc_context(_VECTORS):
        fonts.fit(figure)
        figure.savefig(aside, format=suffix, metadata=_NOTHING_SAID[suffix], **options)


def write_asked(figure: Figure, path: Path, *, dpi: int) -> None:
    """Writes a figure where somebody asked for it, and makes the folder.

    Raises:
        DataError: a disk that can't be written.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(figure, path, dpi=dpi)


def make_folder(directory: Path) -> None:
    """Makes the folder that somebody asked to have figures in, if it is not there.

    Raises:
        DataError: it can't be made.
    """
    with _told(directory):
        directory.mkdir(parents=True, exist_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path} could not be written: {error.strerror or error}"
        ) from error
