"""Which versions of which models answer, and the state of every version."""

from dataclasses import dataclass

from zoo.serving.endpoint.servable import Servable


@dataclass(frozen=True, kw_only=True)
class VersionStatus:
    """The state of one version, as model status tells it."""

    version: int
    state: str  # START, LOADING, AVAILABLE, UNLOADING or END
    error_code: str = "OK"  # name of a gRPC status
    error_message: str = ""


class ServedModels:
    """The table that requests look versions up in; safe to use from any thread."""

    def find(
        self, name: str, *, version: int | None = None, label: str | None = None
    ) -> Servable:
        """The version to ask: by number, by label, or (neither given) the newest.

        Raises:
            StatusError: NOT_FOUND if no such version is available; INVALID_ARGUMENT
                for a label that the model has not.
        """
        raise NotImplementedError

    def status(self, name: str, version: int | None = None) -> list[VersionStatus]:
        """The states of all versions, newest first, or of one.

        Raises:
            StatusError: NOT_FOUND for a model or a version never heard of.
        """
        raise NotImplementedError

    def resolve_label(self, name: str, label: str) -> int:
        """The version that a label stands at.

        Raises:
            StatusError: INVALID_ARGUMENT for a label that the model has not.
        """
        raise NotImplementedError
