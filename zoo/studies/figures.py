"""The figures of a study's runs that its page shows."""

from pathlib import Path
from typing import Any

from zoo.runs import cross_validation
from zoo.studies import steps
from zoo.studies.request import Request


def figures(request: Request) -> list[dict[str, Any]]:
    """Each with its file, relative to the study; null where the run drew none."""
    made = {run.name for run in (*request.trainings, *steps.made_ensembles(request))}
    shown = []
    for protocol in request.protocols:
        for figure in request.study.figure:
            if figure.of in made:
                run = steps.run_path(request, figure.of + protocol)
                path = _found(run, figure.file)
                place = None if path is None else str(path.relative_to(request.out))
                ending = " (split by image)" if protocol else ""
                shown.append(
                    {
                        "title": figure.title + ending,
                        "of": figure.of + protocol,
                        "file": place,
                    }
                )
    return shown


def _found(run: Path, name: str) -> Path | None:
    """Of all folds together, else of the first fold that has it."""
    folders = [run]
    if cross_validation.is_there(run):
        validation = cross_validation.opened(run)
        together = (validation.holdout_path, validation.summary_path)
        folders = [*together, *validation.runs]
    paths = (folder / "figures" / name for folder in folders)
    return next((path for path in paths if path.is_file()), None)
