"""A served model that answers a watched folder, and is waited for when it is down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.errors import DataError
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import model_identity
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction
from zoo.prediction.study_source import StudySource
from zoo.serving.client import described_model, endpoint_predictions, task_predictions
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.service import Service
from zoo.watching.attempts import of_study, with_tables
from zoo.watching.patience import Patience

# By these no endpoint answers any study: they are waited out, however long.
OF_THE_ENDPOINT = frozenset(
    {
        *("unreachable", "refused", "unknown_host", "no_tls", "wants_tls", "busy"),
        *("unknown_ca", "other_host", "bad_certificate", "other_protocol"),
        *("token_missing", "token_refused", "forbidden"),
        *("unknown_model", "unknown_version", "unknown_label"),
    }
)
# By these it may be this study that it does not answer: after some tries, each of them
# once the endpoint has said that it is there, it is.
_OF_EITHER = frozenset({"cut_off", "deadline", "server_fault", "stopped"})
_TRIES = 3
# When a watcher begins, what will hardly pass by itself is told to whoever began it.
_MAY_PASS = frozenset({"unreachable", "refused", "busy", "cut_off", "deadline"})


@dataclass(kw_only=True, eq=False)
class EndpointModel:
    """A model behind an endpoint; each study goes to the version of that moment.

    Args:
        service: that asks, open.
        asking: where and how.
        source: of the folder, with the tables that go with its studies.
        patience: waits for the endpoint and for these.
        model: as it last described itself.
    """

    service: Service
    asking: Asking
    source: StudySource
    patience: Patience
    model: DescribedModel
    folds: Sequence[str] = ()

    @property
    def facts(self) -> ModelFacts:
        """Of the version that was asked last."""
        return self.model.facts

    @property
    def members(self) -> Sequence[str]:
        """Of an ensemble of several tasks."""
        return self.model.tasks.members if self.model.tasks is not None else ()

    @property
    def served(self) -> Mapping[str, str | int] | None:
        """Name and version."""
        choice = self.model.choice
        return {"name": choice.name, "version": choice.version}

    @property
    def identity(self) -> ModelIdentity:
        """Of the version that was asked last."""
        return model_identity.of_served(
            self.model.choice.name,
            self.model.choice.version,
            about=self.model.about,
            members=self.members,
        )

    def predictions(self, files: tuple[str, ...]) -> list[Prediction]:
        """See `zoo.watching.answering_model`."""
        source, tries = replace(self.source, files=files), 0
        while True:
            self.model = described(self.service, self.asking, self.patience)
            predictions = of_study(lambda: self._predicted(source))
            codes = {e.error.code for e in predictions if e.error is not None}
            tries += bool(codes & _OF_EITHER)
            waits = codes & OF_THE_ENDPOINT
            if tries < _TRIES:
                waits |= codes & _OF_EITHER
            if not waits:
                self.patience.over()
                return predictions
            self.patience.wait(f"the endpoint: {min(waits)}")

    def _predicted(self, source: StudySource) -> list[Prediction]:
        model, asking = self.model, self.asking
        if model.tasks is not None:
            reads = with_tables(
                lambda: task_predictions.reads(source, model, asking), self.patience
            )
            return [*task_predictions.predicted(reads, model, self.service, asking)]
        read = with_tables(lambda: source.records(model.facts), self.patience)
        return [*endpoint_predictions.predicted(read(), model, self.service, asking)]


def described(
    service: Service, asking: Asking, patience: Patience, *, beginning: bool = False
) -> DescribedModel:
    """What a model says of itself, once the endpoint answers.

    Args:
        beginning: whether what can't pass by itself is an error.

    Raises:
        DataError: it is not a model that can answer.
        StopAskedError: the watcher is to end, and waits.
    """
    awaited = _MAY_PASS if beginning else OF_THE_ENDPOINT | _OF_EITHER
    while True:
        try:
            return described_model.describe(service, asking)
        except DataError as error:
            cause = error.__cause__
            if not (isinstance(cause, EndpointError) and cause.code in awaited):
                raise
            patience.wait(f"the endpoint: {cause.code}")
