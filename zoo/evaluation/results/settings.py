"""How intervals are computed."""

from dataclasses import dataclass

from pipelines.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How intervals are computed.

    Args:
        confidence: level of all intervals.
        bootstrap: resamples of patients.
        seed: of the resampling.
    """

    confidence: float = 0.95
    bootstrap: int = 2000
    seed: int = 0

    def __post_init__(self):
        if not 0 < self.confidence < 1 or self.bootstrap < 1 or self.seed < 0:
            raise UsageError(
                "confidence is between 0 and 1, bootstrap 1 or more, seed 0 or more. "
                f"Received: {self.confidence}, {self.bootstrap}, {self.seed}"
            )
