"""The questions of the page: which models there are, what files are, what they show."""

import asyncio
import concurrent.futures
import functools
import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from pipelines.ingestion.study_fault import NO_ROOM
from pipelines.storage import scratch_folder
from zoo.prediction.reports import study_images
from zoo.prediction.result_file import Prediction
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.page import (
    answers,
    dicom_reports,
    file_names,
    kinds,
    page_model,
    prepared,
    responses,
)
from zoo.serving.page.dicom_reports import DicomReport
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.local_service import LocalService
from zoo.serving.page.manifest import Manifest
from zoo.serving.page.page_model import PageModel
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.uploads import Upload
from zoo.serving.page.worker import DIED, Worker

Result = TypeVar("Result")
FOLDERS = "zoo-page-"  # what private folders of uploads begin with
_MOST_JSON = 4 * 2**20
_FURTHER_THREADS = 4  # beside those that wait for the process
_BOUNDS = ("total_bytes", "file_bytes", "files")  # that the page is told


class PageApi:
    """Answers the page's requests; work is done in threads and in a process.

    Args:
        models: those served.
        limits: of uploads.
    """

    def __init__(self, models: ServedModels, limits: PageLimits):
        self._models, self._limits = models, limits
        self._service = LocalService(models)
        self._places = threading.Semaphore(limits.at_once)
        self._worker = Worker(limits)
        self._threads = concurrent.futures.ThreadPoolExecutor(
            limits.at_once + _FURTHER_THREADS, thread_name_prefix="page"
        )

    def close(self) -> None:
        """Ends what is under way."""
        self._worker.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def models(self, request: web.BaseRequest) -> web.Response:
        """The models that can be asked, why others can't, and what may be sent."""
        return responses.of_json(200, await self._in_thread(self._all_models))

    async def proposal(self, request: web.BaseRequest) -> web.Response:
        """What files are, by their names alone.

        Raises:
            UploadError: no such question, a name that is none, or no such model.
        """
        content = await self._json(request)
        names = content.get("files")
        if not isinstance(names, list) or len(names) > self._limits.files:
            raise _no_question()
        for name in names:
            if not isinstance(name, str):
                raise _no_question()
            file_names.check(name)
        model = await self._in_thread(self._opened, content)
        kind = await self._in_thread(kinds.of, names, model.wanted)
        return responses.of_json(200, kinds.question(kind, names))

    async def studies(self, request: web.BaseRequest) -> web.Response:
        """The answers to an upload, of which nothing is left when they are given.

        Raises:
            UploadError: the upload is refused.
        """
        if not self._places.acquire(blocking=False):
            raise UploadError(
                "busy",
                f"{self._limits.at_once} uploads are under way. Try again when one is "
                "done",
                status=503,
            )
        try:
            with scratch_folder.held(FOLDERS) as folder:
                body = await self._answered(request, folder)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise UploadError(
                "no_room",
                "the server's disk for temporary files is full. Free some space there, "
                "or name another place by TMPDIR",
                status=507,
            ) from error
        finally:
            self._places.release()
        return responses.response(200, body, content_type=responses.BINARY)

    async def _answered(self, request: web.BaseRequest, folder: Path) -> bytes:
        upload = Upload(request, self._limits)
        uploaded = await upload.manifest()
        asked = {"model": uploaded.model, "version": uploaded.version}
        model = await self._in_thread(self._opened, asked)
        received = folder / "received"
        received.mkdir(mode=0o700)
        await upload.files(uploaded, received)
        reads = await self._in_process(
            prepared.prepare,
            folder,
            uploaded,
            model.read_tasks,
            model.wanted,
            self._limits,
        )
        keep = study_images.of_record if uploaded.reports else None
        predictions = await self._in_thread(
            functools.partial(
                answers.predictions, reads, model, self._service, keep=keep
            )
        )
        reports = await self._reports(predictions, uploaded, model)
        return await self._in_thread(
            answers.encoded, predictions, reports, reads, model, self._limits
        )

    async def _reports(
        self, predictions: Sequence[Prediction], uploaded: Manifest, model: PageModel
    ) -> list[DicomReport | None]:
        """The reports of studies, or why there are none; the answers stay."""
        if uploaded.sequences:
            return dicom_reports.none(predictions, dicom_reports.OF_NIFTI)
        if not uploaded.reports:
            return [None] * len(predictions)
        try:
            return await self._in_process(
                dicom_reports.make,
                predictions,
                model.model.facts,
                model.identity,
                self._limits,
            )
        except UploadError as error:
            if error.code != DIED:
                raise
            return dicom_reports.none(predictions, dicom_reports.NOT_ENDED)

    async def _in_process(
        self, function: Callable[..., Result], *arguments: object
    ) -> Result:
        try:
            return await self._in_thread(self._worker.run, function, *arguments)
        except asyncio.CancelledError:  # the server ends, and the folder goes
            self._worker.interrupt()
            raise

    async def _in_thread(
        self, function: Callable[..., Result], *arguments: object
    ) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, functools.partial(function, *arguments)
        )

    def _all_models(self) -> dict[str, object]:
        known, others = [], []
        for name in sorted(self._models.names()):
            try:
                known.append(page_model.opened(self._service, name).facts())
            except UploadError as error:
                others.append({"name": name, "message": error.message})
        limits = {bound: getattr(self._limits, bound) for bound in _BOUNDS}
        return {"models": known, "others": others, "limits": limits}

    def _opened(self, content: dict[str, object]) -> PageModel:
        name, version = content.get("model"), content.get("version")
        if not isinstance(name, str) or type(version) is not int or not name:
            raise _no_question()
        if not 0 <= version < 2**63:
            raise _no_question()
        return page_model.opened(self._service, name, version)

    async def _json(self, request: web.BaseRequest) -> dict[str, object]:
        """The object that a request's body is.

        Raises:
            UploadError: another body, or one that is too long or too slow.
        """
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.idle_s):
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > _MOST_JSON:
                        raise _no_question()
            content = json.loads(bytes(body))
        except (ValueError, RecursionError, TimeoutError) as error:
            raise _no_question() from error
        if not isinstance(content, dict):
            raise _no_question()
        return content


def _no_question() -> UploadError:
    return UploadError("bad_request", "this is no question of the page. Reload it")
