"""Which versions of which models answer, and the state of every version."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import grpc

from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.status_error import StatusError


@dataclass(frozen=True, kw_only=True)
class VersionStatus:
    """The state of one version, as model status tells it."""

    version: int
    state: str  # START, LOADING, AVAILABLE, UNLOADING or END
    error_code: str = "OK"  # name of a gRPC status
    error_message: str = ""


class ServedModels:
    """The table that requests look versions up in; safe to use from any thread.

    Requests read it; `zoo.serving.endpoint.reloading` writes it.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._servables: dict[str, dict[int, Servable]] = {}
        self._states: dict[str, dict[int, VersionStatus]] = {}
        self._labels: dict[str, dict[str, int]] = {}

    def find(
        self, name: str, *, version: int | None = None, label: str | None = None
    ) -> Servable:
        """The version to ask: by number, by label, or (neither given) the newest.

        Raises:
            StatusError: NOT_FOUND if no such version is available; INVALID_ARGUMENT
                for no name, or a label that the model has not.
        """
        if not name:
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT, "ModelSpec has no name specified."
            )
        if label is not None:
            version = self.resolve_label(name, label)
        with self._lock:
            available = self._servables.get(name, {})
            wanted = max(available, default=None) if version is None else version
            if wanted in available:
                return available[wanted]
        sought = (
            f"Latest({name})" if version is None else f"Specific({name}, {version})"
        )
        raise StatusError(
            grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {sought}"
        )

    def status(self, name: str, version: int | None = None) -> list[VersionStatus]:
        """The states of all versions, newest first, or of one.

        Raises:
            StatusError: NOT_FOUND for a model or a version never heard of.
        """
        with self._lock:
            states = dict(self._states.get(name, {}))
        if version is not None:
            states = {version: states[version]} if version in states else {}
        if not states:
            sought = "any versions" if version is None else f"version {version}"
            raise StatusError(
                grpc.StatusCode.NOT_FOUND, f"Could not find {sought} of model {name}"
            )
        return [states[number] for number in sorted(states, reverse=True)]

    def resolve_label(self, name: str, label: str) -> int:
        """The version that a label stands at.

        Raises:
            StatusError: INVALID_ARGUMENT for a label that the model has not.
        """
        labels = self.labels(name)
        if label not in labels:
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"Unrecognized servable version label: {label}",
            )
        return labels[label]

    def names(self) -> tuple[str, ...]:
        """The models ever heard of."""
        with self._lock:
            return tuple(self._states)

    def available(self, name: str) -> frozenset[int]:
        """The versions that answer."""
        with self._lock:
            return frozenset(self._servables.get(name, {}))

    def labels(self, name: str) -> dict[str, int]:
        """The version that each label of a model stands at."""
        with self._lock:
            return dict(self._labels.get(name, {}))

    def set_labels(self, name: str, labels: Mapping[str, int]) -> None:
        """Has requests by label go to these versions from now on."""
        with self._lock:
            self._labels[name] = dict(labels)

    def set_state(self, name: str, status: VersionStatus) -> None:
        """Says what a version is doing."""
        with self._lock:
            self._states.setdefault(name, {})[status.version] = status

    def add(self, servable: Servable) -> None:
        """Has a version answer from now on."""
        with self._lock:
            self._servables.setdefault(servable.name, {})[servable.version] = servable
        status = VersionStatus(version=servable.version, state="AVAILABLE")
        self.set_state(servable.name, status)

    def remove(self, name: str, version: int) -> Servable:
        """Has a version answer no new requests; those in it go on."""
        self.set_state(name, VersionStatus(version=version, state="UNLOADING"))
        with self._lock:
            return self._servables[name].pop(version)
