"""Which model of an endpoint is asked, and which of its versions."""

from dataclasses import dataclass

from pipelines.errors import UsageError

DEFAULT_LABEL = "stable"  # of a choice that says nothing else, see `described_model`
MOST_VERSION = 2**63 - 1  # of the protocol's signed 64-bit integer


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """A model by its name, and at most one of the two that choose a version.

    Args:
        version: its number; none and no label = the newest one.
        label: that a version bears, e.g. `"stable"`.
    """

    name: str
    version: int | None = None
    label: str | None = None

    def __post_init__(self):
        if not self.name:
            raise UsageError("--model wants the name of a model. Received: ''")
        if self.version is not None and self.label is not None:
            raise UsageError(
                "--version and --label both choose a version: leave one out. Received: "
                f"--version {self.version} --label {self.label}"
            )
        if self.version is not None and not 0 <= self.version <= MOST_VERSION:
            raise UsageError(
                f"--version is a number from 0 to {MOST_VERSION}. "
                f"Received: {self.version}"
            )
        if self.label == "":
            raise UsageError("--label wants a label. Received: ''")
