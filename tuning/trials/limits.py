"""What one trial may take before it is given up."""

from dataclasses import dataclass

from tuning.trials.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of every trial; none = as much as it takes.

    Args:
        parameters: of the network in training.
        trial_seconds: of all folds of a trial together.

    Raises:
        ValueError: a limit that nothing can keep to.
    """

    parameters: int | None = None
    trial_seconds: float | None = None

    def __post_init__(self):
        for name in ("parameters", "trial_seconds"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} is more than 0. Received: {limit}")

    def seconds_left(self, trial: Trial) -> float | None:
        """What the next fold of a trial may take; none = any time."""
        if self.trial_seconds is None:
            return None
        return max(self.trial_seconds - trial.seconds, 0.0)
