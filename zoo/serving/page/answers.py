"""What the page gets of an upload: predictions, and the voxels the model was given.

The answer is the length of a JSON object (four bytes, least significant first), the
object, and the voxels: little-endian float32 `[D, H, W]` of one sequence after another.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.errors import DataError
from pipelines.ingestion.new_study import OneRecord
from zoo.prediction import output_format, result_file
from zoo.prediction.decoded_records import decoded
from zoo.prediction.result_file import Prediction
from zoo.serving.client import endpoint_predictions, task_predictions
from zoo.serving.description import Description
from zoo.serving.page import made_studies
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.local_service import LocalService
from zoo.serving.page.made_studies import MadeStudy, ReadStudies
from zoo.serving.page.page_model import PageModel
from zoo.serving.page.upload_error import UploadError

_LENGTH_BYTES = 4


@dataclass(kw_only=True)
class _Voxels:
    """Volumes one after another, and how many bytes they may have together."""

    most_bytes: int
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, volume: np.ndarray) -> int | None:
        """Where it begins; none where there is no room for it."""
        content = np.ascontiguousarray(volume, "<f4").tobytes()
        if self.size + len(content) > self.most_bytes:
            return None
        self.parts.append(content)
        self.size += len(content)
        return self.size - len(content)


def answer(
    reads: Sequence[ReadStudies],
    model: PageModel,
    service: LocalService,
    limits: PageLimits,
) -> bytes:
    """Asks the model about every study that was read.

    Raises:
        UploadError: no task finds a study in the upload.
    """
    try:
        predictions = list(_predicted(reads, model, service))
    except DataError as error:
        raise UploadError("no_study", str(error), status=422) from error
    voxels = _Voxels(most_bytes=limits.shown_bytes)
    facts = model.model.facts
    members = () if model.model.tasks is None else model.model.tasks.members
    header = result_file.csv_header(facts, members=members)
    results = []
    for prediction in predictions:
        (cells,) = result_file.csv_rows([prediction], facts, members=members)
        content = result_file.document(
            [prediction], facts, members=members, served=_served(model)
        )
        studies = _of(prediction, reads)
        result = content.pop("results")[0]
        results.append(
            {
                "result": result,
                "cells": [str(cell) for cell in cells],
                "folder": next((study.folder for _, study in studies), ""),
                "sequences": list(_shown(studies, model, voxels)),
                "targets": _targets(prediction, model),
            }
        )
    head = {"columns": header, "file": content, "results": results}
    encoded = json.dumps(head, ensure_ascii=False, allow_nan=False).encode("utf-8")
    length = len(encoded).to_bytes(_LENGTH_BYTES, "little")
    return b"".join([length, encoded, *voxels.parts])


def _predicted(
    reads: Sequence[ReadStudies], model: PageModel, service: LocalService
) -> Iterable[Prediction]:
    """By the functions of `zoo.predict --endpoint`."""
    described, asking = model.model, model.asking
    if described.tasks is None:
        made = [study.make() for study in made_studies.ready(reads[0])]
        return endpoint_predictions.predicted(made, described, service, asking)
    named = [(each.input, _ready(each)) for each in reads if each.studies or each.error]
    return task_predictions.predicted(named, described, service, asking)


def _ready(read: ReadStudies) -> task_predictions.Read:
    return lambda: made_studies.ready(read)


def _served(model: PageModel) -> dict[str, str | int]:
    choice = model.model.choice
    return {"name": choice.name, "version": choice.version}


def _of(
    prediction: Prediction, reads: Sequence[ReadStudies]
) -> list[tuple[str, MadeStudy]]:
    """The records that a prediction was made of, by the name of their input.

    Of a model of one task they come in the order of the studies; several tasks find
    a study by its ids, which end here.
    """
    if len(reads) == 1:
        return [(reads[0].input, reads[0].studies[prediction.number - 1])]
    return [
        (read.input, study)
        for read in reads
        for study in read.studies
        if study.made.ids == prediction.ids
    ]


def _shown(
    studies: Sequence[tuple[str, MadeStudy]], model: PageModel, voxels: _Voxels
) -> Iterable[dict[str, Any]]:
    """Each sequence that the networks see, and where its voxels begin."""
    for input_name, study in studies:
        description = model.descriptions[input_name]
        if study.made.record is not None:
            yield from _of_record(study.made, description, voxels)


def _of_record(
    made: OneRecord, description: Description, voxels: _Voxels
) -> Iterable[dict[str, Any]]:
    task = description.task
    given = decoded([made.record], task, ())
    present = given.get("present", np.ones((1, len(task.channels)), np.int64))[0]
    for place, name in enumerate(task.channels):
        if name not in description.channels:
            continue
        is_there = bool(present[place])
        yield {
            "name": name,
            "present": is_there,
            "offset": voxels.add(given["volume"][0, ..., place]) if is_there else None,
            "shape": list(task.grid.shape),
            "outside": float(given["fill"][0, place]),
            "orientation": task.grid.orientation,
        }


def _targets(prediction: Prediction, model: PageModel) -> list[dict[str, Any]]:
    """By target what is drawn: the class, a number of each name, a set's coverage."""
    facts = model.model.facts
    if prediction.outputs is None:
        return []
    return [
        {
            "name": output.target.name,
            "shown": output.kind.shown,
            "fields": output_format.fields(prediction.outputs, output),
            "set_level": None if output.target.name else facts.set_level,
        }
        for output in facts.target_outputs
    ]
