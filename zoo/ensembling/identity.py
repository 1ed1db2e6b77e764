"""Which model an ensemble is, as a report names it."""

from collections.abc import Sequence

from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.task_groups import TaskGroup
from zoo.prediction.reports import model_identity
from zoo.prediction.reports.model_identity import ModelIdentity


def identity_of(ensemble: Ensemble, groups: Sequence[TaskGroup]) -> ModelIdentity:
    """The identity of an ensemble.

    Args:
        groups: its members, by task.
    """
    return model_identity.of_ensemble(
        ensemble.rule,
        {entry.name: entry.models for entry in ensemble.members},
        [member.run.recipe.arch for group in groups for member in group.members],
    )
