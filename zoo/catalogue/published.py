"""Which published weights an architecture can take, as the declarations say it."""

from dataclasses import asdict
from urllib.parse import urlsplit

from zoo.weights.published.source import Source
from zoo.weights.published.sources import SOURCES

_SHOWN = ("file_name", "url", "licence", "format", "top1", "top1_source", "content")


def sources(name: str, inflates: str) -> tuple[Source, ...]:
    """The files of weights for an architecture, the preferred one first.

    Args:
        name: of the architecture.
        inflates: that of rank 2 whose weights it takes; empty = its own.
    """
    return SOURCES.get(inflates or name, ())


def shown(source: Source) -> dict[str, str | float | None]:
    """What users want to know of a file, without its checksum."""
    fields = asdict(source)
    return {key: fields[key] for key in _SHOWN}


def foremost(files: tuple[Source, ...]) -> Source:
    """The first file that can be fetched; if none can, the first."""
    return next((source for source in files if source.url), files[0])


def place(source: Source) -> str:
    """Who serves the file, or its name where it must be brought by hand."""
    return urlsplit(source.url).hostname or source.file_name
