"""What the gate says of a SavedModel."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from zoo.serving.gate.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Run:
    """A fresh process that loaded it.

    Args:
        tensorflow: its version.
        signatures: by name how many requests each answered.
        largest_differences: by `signature/output` from what was expected, as shares
            of it, see `zoo.serving.gate.comparison.differences`.
    """

    tensorflow: str
    signatures: Mapping[str, int]
    largest_differences: Mapping[str, float]

    def __str__(self) -> str:
        ran = ", ".join(f"{name} {number}" for name, number in self.signatures.items())
        line = f"TensorFlow {self.tensorflow}, XLA off: answered {ran or 'nothing'}"
        if self.largest_differences:
            key, share = max(self.largest_differences.items(), key=lambda item: item[1])
            differs = f"differs by {share:.2g} of the value at most ({key})"
            line += f"; {differs}" if share else "; equal to the last bit"
        return line


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """The verdict, and what it rests on.

    Args:
        directory: of the SavedModel.
        refusals: what a server would refuse; none = it passed.
        warnings: what works but will be regretted.
        runs: the processes that loaded it; none where its file alone was refused.
        not_run: signatures that nothing was there to ask by.
    """

    directory: Path
    refusals: tuple[Refusal, ...]
    warnings: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    not_run: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is refused."""
        return not self.refusals

    @property
    def asked(self) -> bool:
        """Whether a signature was asked anything, without which little is proved."""
        return any(run.signatures for run in self.runs)

    def require_passed(self) -> None:
        """Raises a DataError with all refusals, if there are any."""
        if self.refusals:
            faults = "\n".join(f"- {refusal}" for refusal in self.refusals)
            raise DataError(
                f"TensorFlow Serving can't serve {self.directory} as it should:\n"
                f"{faults}"
            )

    def __str__(self) -> str:
        lines = [f"warning: {warning}" for warning in self.warnings]
        lines += [str(run) for run in self.runs]
        if self.not_run:
            lines.append(
                "not asked, since it brings no warm-up requests and their inputs can't "
                f"be made up: {', '.join(self.not_run)}"
            )
        if self.passed and not self.asked:
            lines.append(
                "no signature was asked: that it loads is all that is known. Write "
                "requests to them into its assets.extra/tf_serving_warmup_requests"
            )
        lines += [f"refused: {refusal}" for refusal in self.refusals]
        return "\n".join(lines)
