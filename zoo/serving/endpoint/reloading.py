"""Keeps what is served in step with the configuration and the file system."""

import gc
import logging
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from pipelines.errors import DataError
from zoo.serving.endpoint import model_config
from zoo.serving.endpoint.loading import Loader
from zoo.serving.endpoint.model_config import ServedModel
from zoo.serving.endpoint.served_models import ServedModels, VersionStatus
from zoo.serving.endpoint.status_error import StatusError

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 0.05


class Reloading:
    """Loads what is asked for and not there, then lets go of what is not asked for.

    A version that can't be loaded replaces none: those that answer go on until another
    of the model answers, and labels stay where they are. It is tried again when a file
    of it has changed.

    Args:
        models: the table that requests read.
        configured: reads which models are asked for.
        loader: loads a version.
        free_labels: a new label may stand at a version that does not answer.
    """

    def __init__(
        self,
        models: ServedModels,
        *,
        configured: Callable[[], tuple[ServedModel, ...]],
        loader: Loader,
        free_labels: bool,
    ):
        self._models = models
        self._configured = configured
        self._loader = loader
        self._free_labels = free_labels
        self._failed: dict[tuple[str, int], tuple[tuple[str, int, int], ...]] = {}
        self._logged: tuple[set[str], set[str]] = (set(), set())  # last pass, this one
        self._stopped = threading.Event()

    def start(self, every_s: float | None) -> None:
        """Begins passes in a thread of its own; none = there are none."""
        if every_s is not None:
            threading.Thread(
                target=self._poll, args=(every_s,), name="reloading", daemon=True
            ).start()

    def stop(self) -> None:
        """Begins no more passes; one under way goes on, and ends with the process."""
        self._stopped.set()

    def _poll(self, every_s: float) -> None:
        while not self._stopped.wait(every_s):
            try:
                self.refresh()
            except Exception:  # what runs must go on, and the next pass may succeed
                _log.exception("the pass over the configuration failed")

    def refresh(self) -> None:
        """One pass: afterwards is served what can be of what is asked for now.

        A configuration or a base path that can't be read changes nothing.
        """
        self._logged = (self._logged[1], set())
        try:
            configured = self._configured()
        except DataError as error:
            self._log_once(f"{error}. What is served stays as it is")
            return
        for model in configured:
            self._follow(model)
        for name in {*self._models.names()} - {model.name for model in configured}:
            self._models.set_labels(name, {})
            self._unload(name, self._models.available(name))

    def _follow(self, model: ServedModel) -> None:
        try:
            paths = model_config.on_disk(model.base_path)
        except OSError as error:
            self._log_once(f"model {model.name}: {model.base_path}: {error.strerror}")
            return
        wanted, missing = model.wanted(paths), model.missing(paths)
        for version in sorted(missing):
            self._log_once(
                f"Version {version} of servable {model.name}, which was requested to be"
                " served as a 'specific' version in the servable's version policy, was "
                "not found in the file system"
            )
        for version in sorted(wanted - self._models.available(model.name)):
            self._load(model.name, version, paths[version])
        self._forget_failures(model.name, wanted)
        kept = self._set_labels(model)
        available = self._models.available(model.name)
        if wanted & available or not (wanted or missing):
            self._unload(model.name, available - wanted - kept)

    def _load(self, name: str, version: int, path: Path) -> None:
        state = _state(path)
        if self._failed.get((name, version)) == state:
            return
        status = VersionStatus(version=version, state="LOADING")
        self._models.set_state(name, status)
        _log.info("model %s version %s is loaded and warmed up", name, version)
        began = time.monotonic()
        try:
            servable = self._loader.load(name, version, path)
        except StatusError as error:
            self._failed[name, version] = state
            _log.error("model %s version %s is not loaded: %s", name, version, error)
            self._models.set_state(
                name,
                VersionStatus(
                    version=version,
                    state="END",
                    error_code=error.code.name,
                    error_message=error.message,
                ),
            )
            return
        self._failed.pop((name, version), None)
        self._models.add(servable)
        seconds = time.monotonic() - began
        _log.info("model %s version %s answers (%.1f s)", name, version, seconds)

    def _set_labels(self, model: ServedModel) -> frozenset[int]:
        """Moves the labels to where they may stand; the versions of those that stay."""
        before = self._models.labels(model.name)
        available = self._models.available(model.name)
        now, kept = {}, set()
        for label, version in model.labels.items():
            is_new = self._free_labels and before.get(label, version) == version
            if version in available or is_new:
                now[label] = version
                continue
            self._log_once(
                f"label {label}: Request to assign label to version {version} of model "
                f"{model.name}, which is not currently available for inference"
            )
            if label in before:
                now[label] = before[label]
                kept.add(before[label])
        self._models.set_labels(model.name, now)
        return frozenset(kept)

    def _unload(self, name: str, versions: Collection[int]) -> None:
        """Waits for the requests in each version, then frees its memory."""
        for version in sorted(versions):
            gone = self._models.remove(name, version).when_gone()
            latest = time.monotonic() + 2 * self._loader.limits.request_timeout_s
            while not gone() and time.monotonic() < latest:
                gc.collect()  # errors refer to frames, and these to the version
                time.sleep(_PAUSE_SECONDS)
            self._models.set_state(name, VersionStatus(version=version, state="END"))
            _log.info("model %s version %s is unloaded", name, version)

    def _forget_failures(self, name: str, wanted: Collection[int]) -> None:
        """Has a version that is asked for anew be tried anew."""
        self._failed = {
            (failed, version): state
            for (failed, version), state in self._failed.items()
            if failed != name or version in wanted
        }

    def _log_once(self, message: str) -> None:
        """Logs what the pass before did not."""
        before, now = self._logged
        if message not in before | now:
            _log.error("%s", message)
        now.add(message)


def _state(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of a version's files, by which a change shows."""
    files = sorted(file for file in path.rglob("*") if file.is_file())
    facts = ((file, file.stat()) for file in files)
    return tuple((str(file), one.st_size, one.st_mtime_ns) for file, one in facts)
