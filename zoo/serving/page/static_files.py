"""The files of the page, read once; nothing else of the disk is served."""

import hashlib
from dataclasses import dataclass
from importlib import resources

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
START = "index.html"
PREFIX = "/page/"


@dataclass(frozen=True, kw_only=True)
class StaticFile:
    """A file as it is sent.

    Args:
        tag: changes with its content.
    """

    content: bytes
    content_type: str
    tag: str


def read() -> dict[str, StaticFile]:
    """The files by their path, the page itself at `/`."""
    files = {}
    for file in resources.files("zoo.serving.page").joinpath("static").iterdir():
        suffix = file.name[file.name.rfind(".") :]
        if suffix not in _TYPES:
            continue
        content = file.read_bytes()
        path = "/" if file.name == START else PREFIX + file.name
        files[path] = StaticFile(
            content=content,
            content_type=_TYPES[suffix],
            tag=f'"{hashlib.sha256(content).hexdigest()[:20]}"',
        )
    return files
