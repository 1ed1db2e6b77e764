"""Mutations of files as bytes; the same draws make the same bytes."""

import random


def flipped(
    source: random.Random, content: bytes, *, first: int | None = None
) -> bytes:
    """One to eight bytes are others; half the time among the `first` ones alone."""
    changed = bytearray(content)
    end = len(changed)
    if first is not None and source.random() < 0.5:
        end = min(first, end)
    for _ in range(source.randint(1, 8) if end else 0):
        changed[source.randrange(end)] ^= source.randint(1, 255)
    return bytes(changed)


def truncated(source: random.Random, content: bytes) -> bytes:
    """The end is missing."""
    return content[: source.randrange(len(content) + 1)]


def doubled(source: random.Random, content: bytes) -> bytes:
    """A piece stands twice, or noise stands behind the end."""
    if source.random() < 0.3:
        return content + source.randbytes(source.randint(1, 600))
    first, last = sorted(source.randrange(len(content) + 1) for _ in range(2))
    last = min(last, first + 4096)
    return content[:last] + content[first:]


def dropped(source: random.Random, content: bytes) -> bytes:
    """A piece is missing."""
    first = source.randrange(len(content) + 1)
    return content[:first] + content[first + source.randint(1, 64) :]


def swapped(source: random.Random, content: bytes, other: bytes) -> bytes:
    """A piece is that of another file."""
    first = source.randrange(min(len(content), len(other)) + 1)
    last = first + source.randint(1, 400)
    return content[:first] + other[first:last] + content[last:]
