"""What answers a watched folder: a finished run, or an ensemble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zoo.ensembling import studies, task_groups
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.task_groups import TaskGroup
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.predictor import Predictor
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction
from zoo.prediction.run_predictions import predicted
from zoo.prediction.study_source import StudySource
from zoo.watching.attempts import of_study, with_tables
from zoo.watching.patience import Patience


@dataclass(kw_only=True, eq=False)
class RunModel:
    """A finished run, or the mean of all folds of a cross-validation.

    Args:
        source: of the folder, with the tables that go with its studies.
        patience: waits for these where they can't be read.
    """

    predictor: Predictor
    facts: ModelFacts
    identity: ModelIdentity
    source: StudySource
    patience: Patience
    members: Sequence[str] = ()
    served: Mapping[str, str | int] | None = None

    @property
    def folds(self) -> Sequence[str]:
        """Their names; of a single run none."""
        return self.predictor.folds

    def predictions(self, files: tuple[str, ...]) -> list[Prediction]:
        """See `zoo.watching.answering_model`."""
        source = replace(self.source, files=files)
        read = with_tables(lambda: source.records(self.facts), self.patience)
        return of_study(lambda: predicted(read(), self.predictor))


@dataclass(kw_only=True, eq=False)
class EnsembleModel:
    """An ensemble, whose networks stay loaded.

    Args:
        networks: of each group.
        source, patience: as of `RunModel`.
    """

    ensemble: Ensemble
    groups: Sequence[TaskGroup]
    networks: Sequence[Predictor]
    identity: ModelIdentity
    source: StudySource
    patience: Patience
    folds: Sequence[str] = ()
    served: Mapping[str, str | int] | None = None

    @property
    def facts(self) -> ModelFacts:
        """Of its first task."""
        return self.groups[0].facts

    @property
    def members(self) -> Sequence[str]:
        """Their names."""
        return self.ensemble.names

    def predictions(self, files: tuple[str, ...]) -> list[Prediction]:
        """See `zoo.watching.answering_model`."""
        source = replace(self.source, files=files)
        reads = with_tables(
            lambda: task_groups.reads_of(self.groups, source), self.patience
        )
        loaded = {
            _names(group.members): networks
            for group, networks in zip(self.groups, self.networks, strict=True)
        }
        return of_study(
            lambda: studies.predicted(
                reads, self.ensemble, lambda members: loaded[_names(members)]
            )
        )


def _names(members: Sequence) -> tuple[str, ...]:
    return tuple(member.name for member in members)
