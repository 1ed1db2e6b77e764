"""Small phantom studies as DICOM, their records, and predictions that nobody made."""

import dataclasses
from pathlib import Path

import numpy as np
import pydicom

from pipelines.ingestion import new_study
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import study_images
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction

SHAPE = (8, 12, 12)
MODEL = ModelIdentity(architectures=("cnn3d",), digests=("ab" * 32,))


def write(path, *, form="classic", sequences=("T2WI", "T1WI")):
    """The study of one patient, in a directory of its own, and the task."""
    plan = Plan(
        patients=2, sequences=sequences, slices=(8, 9), matrix=(24, 28), form=form
    )
    made = cohort.write(path, plan=plan)
    task = tasks.load(str(made / "task.toml"))
    task = dataclasses.replace(task, grid=dataclasses.replace(task.grid, shape=SHAPE))
    return sorted((made / "dicom").iterdir())[0], task


def files(directory):
    """Every file of a study."""
    return [path for path in sorted(Path(directory).rglob("*")) if path.is_file()]


def alter(directory, change):
    """Calls `change` with each image of a study, and writes what it makes of it."""
    for path in files(directory):
        image = pydicom.dcmread(path)
        change(image)
        image.save_as(path)


def record(directory, task):
    """The one study of a directory as a record."""
    (made,) = new_study.dicom_records(directory, task)
    assert made.error is None, made.error
    return made


def predicted(directory, task, outputs, **changes):
    """A prediction of it with these outputs, and the facts of the model."""
    facts = ModelFacts(name="run", task=task, **changes.pop("facts", {}))
    kept = study_images.of_record(record(directory, task), facts)
    fields = {"number": 1, "name": "study 1", "outputs": outputs, "kept": (kept,)}
    return Prediction(**fields | changes), facts


def classes(*shares, task):
    """Outputs of a classification."""
    values = np.array(shares, np.float32)
    label = np.array(task.target.classes[int(values.argmax())])
    return {"probabilities": values, "label": label}


def staged(*shares, task, is_unknown=False, inside=None):
    """Outputs of a classification with a last stage; with `inside` it has sets."""
    sets = {} if inside is None else {"prediction_set": np.array(inside)}
    return classes(*shares, task=task) | {
        "probabilities_uncalibrated": np.array([0.1, 0.9], np.float32),
        "score": np.array(max(shares), np.float32),
        "is_unknown": np.array(is_unknown),
        **sets,
    }
