"""The flow of inclusion: who was found, who was left out and why, who came in."""

from typing import Any

from pipelines.storage import config_files
from zoo.runs import json_objects
from zoo.studies import steps
from zoo.studies.request import Request, file_name


def flow(request: Request) -> dict[str, Any]:
    """The paper's boxes, and ours of every data set."""
    tasks = {training.task or request.study.task for training in request.trainings}
    return {
        "paper": [config_files.plain(step) for step in request.study.flow],
        "ours": [
            _of_data_set(request, task, protocol)
            for protocol in request.protocols
            for task in request.study.tasks
            if task in tasks
        ],
    }


def _of_data_set(request: Request, task: str, protocol: str) -> dict[str, Any]:
    """Counts alone: rejected.csv has the pseudonyms, the page has none."""
    path = steps.data_path(request, task, protocol) / "dataset.json"
    content = json_objects.read(path)
    counted = content.get("flow", {})
    return {
        "data_set": f"{file_name(task)}{protocol}",
        "split_by": content.get("split_by", "patient"),
        "unit": counted.get("unit", "study"),
        "found": counted.get("found"),
        "excluded": [
            {"number": excluded["number"], "why": excluded["meaning"]}
            for excluded in counted.get("excluded", [])
        ],
        "included": counted.get("included"),
        "unlabelled": counted.get("unlabelled", 0),
        "groups": content["counts"],
    }
