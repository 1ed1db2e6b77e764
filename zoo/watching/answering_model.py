"""What a watcher asks of the model that answers."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction


class AnsweringModel(Protocol):
    """What answers studies.

    Args:
        facts: of the model.
        identity: which it is, for reports.
        folds, members, served: as of `zoo.prediction.result_file.write`.
    """

    facts: ModelFacts
    identity: ModelIdentity
    folds: Sequence[str]
    members: Sequence[str]
    served: Mapping[str, str | int] | None

    def predictions(self, files: tuple[str, ...]) -> list[Prediction]:
        """What is predicted of the samples of one study, or why nothing is.

        Args:
            files: of the study.

        Raises:
            StudyError: it has no samples.
            StopAskedError: the watcher is to end, and waits for the model.
            DataError: the model can't go on, or the disk is full.
        """
