"""The body of an upload: the length of a manifest, the manifest, then the files' bytes.

The length is four bytes, least significant first. Files follow one another in the
manifest's order without anything between them, so the sizes are known beforehand.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from zoo.serving.page import manifest
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.manifest import Manifest
from zoo.serving.page.upload_error import UploadError

LENGTH_BYTES = 4
_WRITTEN_AT_ONCE = 2**21


class Upload:
    """Reads one request's body, piece by piece.

    Args:
        request: whose body has not been read.
        limits: that hold for it.
    """

    def __init__(self, request: web.BaseRequest, limits: PageLimits):
        self._limits = limits
        self._chunks = self._arriving(request)
        self._ahead = b""

    async def manifest(self) -> Manifest:
        """The manifest, checked.

        Raises:
            UploadError: none, one that is too long, or one of what may not come.
        """
        length = int.from_bytes(await self._exactly(LENGTH_BYTES), "little")
        if not 0 < length <= self._limits.manifest_bytes:
            raise UploadError(
                "bad_manifest",
                "the upload does not begin with the list of its files. Reload the page",
            )
        read = manifest.read(await self._exactly(length))
        read.check(self._limits)
        return read

    async def files(self, uploaded: Manifest, folder: Path) -> list[Path]:
        """Writes the files, named by their number, whatever their owner calls them.

        Raises:
            UploadError: fewer or more bytes than the manifest says, or none in time.
        """
        paths = []
        for number, file in enumerate(uploaded.files):
            path = folder / f"{number:06d}"
            await self._write(path, file.size)
            paths.append(path)
        if self._ahead or await anext(self._chunks, b""):
            raise UploadError(
                "other_size",
                "more arrived than the list of files says. Drop the files again",
            )
        return paths

    async def _write(self, path: Path, size: int) -> None:
        """Writes the next bytes as a file; the disk is waited for in a thread."""
        left = size
        with path.open("wb") as file:
            while left:
                wanted = min(left, _WRITTEN_AT_ONCE)
                block = await self._exactly(wanted)
                await asyncio.to_thread(file.write, block)
                left -= len(block)

    async def _exactly(self, count: int) -> bytes:
        """The next bytes, so many.

        Raises:
            UploadError: the body ends before.
        """
        pieces, there = [self._ahead], len(self._ahead)
        while there < count:
            chunk = await anext(self._chunks, b"")
            if not chunk:
                raise _cut_short()
            pieces.append(chunk)
            there += len(chunk)
        joined = b"".join(pieces)
        self._ahead = joined[count:]
        return joined[:count]

    async def _arriving(self, request: web.BaseRequest) -> AsyncIterator[bytes]:
        """Chunks as they come; one that does not come in time ends the upload."""
        while True:
            try:
                async with asyncio.timeout(self._limits.idle_s):
                    chunk = await request.content.readany()
            except TimeoutError as error:
                raise UploadError(
                    "slow_upload",
                    f"nothing arrived for {self._limits.idle_s:g} s. Drop the files "
                    "again",
                    status=408,
                ) from error
            except web.RequestPayloadError as error:
                raise _cut_short() from error
            if not chunk:
                return
            yield chunk


def _cut_short() -> UploadError:
    return UploadError(
        "other_size",
        "less arrived than the list of files says: a file changed or the connection "
        "broke. Drop the files again",
    )
