"""What has to be known of a model before a study goes its way."""

from dataclasses import dataclass

from pipelines.tasks.task import Task
from zoo.targets.target_output import TargetOutput, outputs_of_task


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """A model that predicts, be it in a run or behind an endpoint.

    Args:
        name: as errors call it: the run's path, or the model and its endpoint.
        task: whose records it takes.
        covariates: names of those that its network sees, in order.
        has_last_stage: whether its answers are those of a last stage.
        set_level: coverage of each class by the sets that it answers; none = no sets.
        channels: names of those of the task that its networks see; empty = all.
    """

    name: str
    task: Task
    covariates: tuple[str, ...] = ()
    has_last_stage: bool = False
    set_level: float | None = None
    channels: tuple[str, ...] = ()

    @property
    def target_outputs(self) -> tuple[TargetOutput, ...]:
        """What it predicts, the main target first."""
        return outputs_of_task(self.task)
