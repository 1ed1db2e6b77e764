"""The published weights as a table for the terminal."""

from collections.abc import Mapping, Sequence

from pipelines.terminal.table import align
from zoo.weights.published import cache
from zoo.weights.published.source import Source

_HEADINGS = ("NAME", "FILE", "FORMAT", "TOP-1", "LICENCE", "HERE")


def text(sources: Mapping[str, Sequence[Source]]) -> str:
    """One line per file: what is declared of it, and whether it is here.

    "by hand" stands for a file that is at no address.
    """
    rows = [_HEADINGS]
    for name, files in sources.items():
        rows += [(name, *_declared(source)) for source in files]
    return align(rows)


def _declared(source: Source) -> tuple[str, ...]:
    here = "yes" if cache.here(source) else "no" if source.url else "no, by hand"
    return (
        source.file_name,
        source.format,
        "-" if source.top1 is None else f"{source.top1:.1f}",
        source.licence,
        here,
    )
