"""What a training says last: the result in a sentence, and which figures to open."""

from collections.abc import Mapping
from pathlib import Path

from zoo.evaluation.headline import headline
from zoo.runs.cross_validation import CrossValidation
from zoo.runs.run import Run


def of_run(run: Run, evidence: dict) -> str:
    """The result on each target in a sentence, and which figures to open."""
    lines = _headlines(evidence)
    if run.leaves_test and run.task.split.kind != "validation_folds":
        lines.append("The test split was left unread; --resume --judge-test judges it.")
    lines += ["Open these figures:", *_figures(run.path, evidence)]
    return "\n".join(["", *lines, "Everything of this run is in:"])


def of_folds(validation: CrossValidation, evidence: Mapping[Path, dict]) -> str:
    """As `of_run`, of all folds together and, where it was judged, the hold-out set.

    Args:
        evidence: by its folder.
    """
    lines, figures = [], []
    for folder, judged in evidence.items():
        held_out = folder.name == validation.holdout_path.name
        how = "mean of all folds' networks" if held_out else "all folds pooled"
        lines += _headlines(judged, f", {how}")
        figures += _figures(folder, judged)
    if validation.holdout and len(evidence) == 1:
        lines.append(
            "The hold-out set was left unread; --resume --judge-test judges it."
        )
    lines += ["Open these figures:", *figures]
    return "\n".join(["", *lines, "Everything of these folds is in:"])


def _headlines(evidence: dict, how: str = "") -> list[str]:
    """A line for each target that the last split knows."""
    further = evidence.get("further_targets", {})
    known = {name: target for name, target in further.items() if "splits" in target}
    return [
        headline(evidence, how),
        *(
            f"Further target {name}: {headline(target, how)}"
            for name, target in known.items()
        ),
    ]


def _figures(folder: Path, evidence: dict) -> list[str]:
    """A line for each figure that was drawn, of all targets."""
    return [
        f"  {folder / 'figures' / figure}"
        for target in (evidence, *evidence.get("further_targets", {}).values())
        for figure, reason in target.get("figures", {}).items()
        if not reason
    ]
