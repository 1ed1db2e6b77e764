"""The predictions that an evaluation is on, read again for its subgroups."""

from collections.abc import Sequence
from pathlib import Path

from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.by_patient import Levels, levels_by_split
from zoo.evaluation.predictions.predictions import join, of_split
from zoo.runs.run import Run

Splits = dict[str, dict[str, Levels]]  # by target ("" = the main one), by split


def of_run(run: Run) -> Splits:
    """All splits of one run."""
    return {
        output.target.name: levels_by_split(
            predictions_file.read(run.predictions_of(output.target.name), output.target)
        )
        for output in run.target_outputs
    }


def of_folds(runs: Sequence[Run], split: str, *, averaged: bool = False) -> Splits:
    """One split of the folds, pooled.

    Args:
        averaged: all runs have the split in common: the mean of their outputs.
    """
    splits = {}
    for output in runs[0].target_outputs:
        name = output.target.name
        parts = [
            of_split(
                predictions_file.read(run.predictions_of(name), output.target), split
            )
            for run in runs
        ]
        parts = [part for part in parts if len(part)]
        if parts:
            pooled = average.mean(parts) if averaged else join(parts)
            splits[name] = levels_by_split(pooled)
    return splits


def of_file(path: Path, *, ordinal: bool = False) -> Splits:
    """All splits of predictions from elsewhere."""
    return {"": levels_by_split(predictions_file.read(path, ordinal=ordinal))}
