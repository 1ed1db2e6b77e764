"""The page and its API: which request gets what, and which is refused."""

import functools
import logging
import traceback

from aiohttp import web

from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError
from zoo.serving.page import origin, responses, static_files
from zoo.serving.page.api import PageApi
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError

_API = "/page/api/"
_LOG = logging.getLogger(__name__)


class PageSite:
    """What answers at `/` and below `/page/`, beside TensorFlow Serving's protocols.

    Args:
        models: those served.
        access: who may ask of models and send studies; the page's own files say nothing
            and are everybody's who reaches the server.
        only_here: whether the server listens to this machine alone.
        scheme: `"http"` or `"https"`.
        limits: of uploads.
    """

    def __init__(
        self,
        models: ServedModels,
        access: Access,
        *,
        only_here: bool,
        scheme: str,
        limits: PageLimits | None = None,
    ):
        self._access = access
        self._check_origin = functools.partial(
            origin.check, only_here=only_here, scheme=scheme
        )
        self._files = static_files.read()
        self._api = PageApi(models, limits or PageLimits())
        self._routes = {
            "models": ("GET", None, self._api.models),
            "proposal": ("POST", responses.JSON, self._api.proposal),
            "studies": ("POST", responses.BINARY, self._api.studies),
        }

    def owns(self, target: str) -> bool:
        """Whether a request's path is one of the page's."""
        return target == "/" or target.startswith(static_files.PREFIX)

    def close(self) -> None:
        """Ends what is under way; nothing of it stays."""
        self._api.close()

    async def answer(self, request: web.BaseRequest, target: str) -> web.Response:
        """The response to a request, whatever it is."""
        try:
            self._check_origin(request.headers, is_start=target == "/")
            if target.startswith(_API):
                return await self._of_api(request, target.removeprefix(_API))
            return self._of_file(request, target)
        except UploadError as error:
            return responses.of_error(error)
        except ConnectionError:
            raise
        except Exception as error:  # its text may hold what was sent
            place = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s in a request of the page\n%s", type(error).__name__, place)
            return responses.of_error(
                UploadError(
                    "server_error",
                    "the server met an error of its own; its log says where",
                    status=500,
                )
            )

    def _of_file(self, request: web.BaseRequest, target: str) -> web.Response:
        file = self._files.get(target)
        if file is None:
            raise _nothing_here()
        if request.method not in ("GET", "HEAD"):
            raise _other_method()
        kept = request.headers.get("If-None-Match") == file.tag
        return responses.response(
            304 if kept else 200,
            b"" if kept else file.content,
            content_type=file.content_type,
            cache=responses.ASK_AGAIN,
            further={"ETag": file.tag},
        )

    async def _of_api(self, request: web.BaseRequest, name: str) -> web.Response:
        if name not in self._routes:
            raise _nothing_here()
        self._check_token(request)
        method, content_type, answered = self._routes[name]
        if request.method != method:
            raise _other_method()
        if content_type is not None and request.content_type != content_type:
            # none of these can another site's form send without asking first
            raise UploadError("other_type", f"the body is {content_type}", status=415)
        return await answered(request)

    def _check_token(self, request: web.BaseRequest) -> None:
        shown = request.headers.get("Authorization")
        try:
            self._access.check(shown if shown is None or shown.isascii() else "")
        except StatusError as error:
            raise UploadError(
                "token", "the server asks for its token", status=401
            ) from error


def _nothing_here() -> UploadError:
    return UploadError("not_found", "there is nothing at this path", status=404)


def _other_method() -> UploadError:
    return UploadError("method", "this path takes another method", status=405)
