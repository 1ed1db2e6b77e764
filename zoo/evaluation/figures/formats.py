"""In which formats figures are written beside PNG."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from pipelines.errors import UsageError

FORMATS = ("png", "svg", "pdf")
_FURTHER: ContextVar[tuple[str, ...]] = ContextVar("further formats", default=())


def parse(text: str) -> tuple[str, ...]:
    """The formats of `png,svg,pdf`, in any order.

    Raises:
        UsageError: another format, or none.
    """
    formats = tuple(word.strip().casefold() for word in text.split(","))
    unknown = [word for word in formats if word not in FORMATS]
    if unknown:
        raise UsageError(
            f"--figures takes {', '.join(FORMATS)}, with commas between. "
            f"Received: {text!r}"
        )
    return formats


@contextmanager
def written(formats: tuple[str, ...]) -> Iterator[None]:
    """Every figure that the block draws is written in these, and as PNG in any case."""
    token = _FURTHER.set(tuple(f for f in dict.fromkeys(formats) if f != "png"))
    try:
        yield
    finally:
        _FURTHER.reset(token)


def further() -> tuple[str, ...]:
    """The formats beside PNG."""
    return _FURTHER.get()


def listed(figures: Mapping[str, str]) -> dict[str, str]:
    """The files of figures: of each that was drawn the further formats, too.

    Args:
        figures: file name -> "" or why it was not drawn.
    """
    files = {}
    for name, reason in figures.items():
        files[name] = reason
        if name.endswith(".png") and not reason:
            stem = name.removesuffix(".png")
            files |= {f"{stem}.{suffix}": "" for suffix in further()}
    return files
