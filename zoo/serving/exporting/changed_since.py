"""Whether a version is of a run as it is today: by the digests in its model.json."""

import os
from pathlib import Path

from pipelines.errors import DataError
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member
from zoo.prediction import finished_runs
from zoo.runs import json_objects
from zoo.runs.run import Run
from zoo.serving.description import STAGE
from zoo.serving.exporting import file_digest

_FILE = Path("assets.extra", "model.json")


def changes(directory: Path, path: str | os.PathLike) -> list[str]:
    """What is another in the run, for people; nothing where it is as it was.

    Args:
        directory: of the version.
        path: of the run, of all folds of a cross-validation, or of an ensemble.

    Raises:
        UsageError: no run at that path.
        DataError: it is not finished, or the version is none that `zoo.export` wrote.
    """
    is_ensemble = ensembles.is_there(path)
    runs = _of_ensemble(path) if is_ensemble else finished_runs.by_fold(path).values()
    members = json_objects.entry(
        json_objects.read(directory / _FILE), "members", list, path=directory / _FILE
    )
    try:
        weights = [entry["weights_sha256"] for entry in members]
        stages = [entry.get(STAGE, {}).get("sha256") for entry in members]
    except (TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{directory / _FILE} is damaged: {error!r}") from error
    again = f"Export it again: python -m zoo.export {path}"
    if weights != [file_digest.sha256(run.model_path) for run in runs]:
        return [f"{path} has other networks than this version. {again}"]
    if is_ensemble:  # which asks the networks alone
        return []
    files = [run.last_stage_path for run in runs]
    today = [file_digest.sha256(file) if file.is_file() else None for file in files]
    if stages == today:
        return []
    if not any(stages):
        return [f"{path} has a last stage, and this version has none. {again}"]
    return [f"{path} has another last stage than this version. {again}"]


def _of_ensemble(path: str | os.PathLike) -> list[Run]:
    """Member by member, as they are exported."""
    ensemble = ensembles.opened(path)
    members = member.reopened(ensemble)
    return [each.runs[fold] for each in members for fold in ensemble.folds]
