"""Why an upload gets no answer, in words for whoever made it."""

from collections.abc import Mapping

from pipelines.errors import ZooError


class UploadError(ZooError):
    """An upload as a whole is refused; nothing of it is kept.

    Args:
        code: what kind of fault, as a slug.
        message: what was wrong and what to do. It may hold names of the upload's own
            files, so it goes to whoever sent them and into no log.
        status: of HTTP.
        facts: what the page can go on with, for JSON.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        facts: Mapping[str, object] | None = None,
    ):
        self.code = code
        self.message = printable(message)
        self.status = status
        self.facts = dict(facts or {})
        super().__init__(message)

    def __reduce__(self):
        """Pickle by the arguments: the error comes from a worker process."""
        return _rebuilt, (self.code, self.message, self.status, self.facts)


def printable(text: str) -> str:
    """The same in one line that shows; a header's control signs are `?`."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _rebuilt(code: str, message: str, status: int, facts: dict) -> UploadError:
    return UploadError(code, message, status=status, facts=facts)
