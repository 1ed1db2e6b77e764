"""From a version's directory to a version that answers."""

import functools
from dataclasses import dataclass
from pathlib import Path

from zoo.serving.endpoint import warm_up
from zoo.serving.endpoint.admission import Admission
from zoo.serving.endpoint.batching import BatchingParameters, InBatches
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.saved_model_session import SavedModelSession
from zoo.serving.endpoint.servable import OneByOne, Runner, Servable
from zoo.serving.endpoint.status_error import StatusError


@dataclass(frozen=True, kw_only=True)
class Loader:
    """How versions are loaded; the queue before their sessions is one for all."""

    limits: Limits
    admission: Admission
    metrics: Metrics
    warms_up: bool
    batching: BatchingParameters | None  # none = every request for itself

    def load(self, name: str, version: int, path: Path) -> Servable:
        """A version that has answered its own warm-up requests.

        Args:
            path: its directory.

        Raises:
            StatusError: it can't be loaded, or fails on its warm-up requests.
        """
        loaded = False
        try:
            session = self._session(path)
            loaded = True
        finally:
            self.metrics.record_load(path=str(path), loaded=loaded)
        return Servable(
            name,
            version,
            session=session,
            runner=self._runner(name, session),
            admission=self.admission,
            timeout_s=self.limits.request_timeout_s,
        )

    def _session(self, path: Path) -> SavedModelSession:
        session = SavedModelSession(path, timeout_s=self.limits.request_timeout_s)
        if self.warms_up:
            try:
                warm_up.run(session, path)
            except StatusError:
                session.close()
                raise
        return session

    def _runner(self, name: str, session: SavedModelSession) -> Runner:
        if self.batching is None:
            return OneByOne(session, self.admission)
        record = functools.partial(self.metrics.record_batch, model=name)
        return InBatches(session, self.admission, self.batching, record)
