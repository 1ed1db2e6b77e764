"""A small served task and what a model that answers without a network says of it."""

import json

import numpy as np

from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from zoo.serving.description import Description

CLASSES = ("well", "ill")
TASK = Task(
    name="small",
    sequences=(Sequence(name="T1"), Sequence(name="T2", required=False)),
    target=Target(classes=CLASSES),
    covariates=("weight", "age"),
    grid=Grid(shape=(6, 5, 4)),
)
DESCRIPTION = Description(task=TASK, covariates=("age",), channels=("T1", "T2"))


def describe(description=DESCRIPTION, spec=None, **model):
    """What the signature of that name answers."""
    answered = {
        "task": description.to_json(),
        "model": json.dumps({"name": "liver", **model}),
        "spec": spec or description.task.spec,
    }
    return lambda inputs: {name: np.array([one]) for name, one in answered.items()}


def answer(share=0.25, label=None, classes=CLASSES):
    """Of a study that is `ill` with this probability."""
    return {
        "probabilities": np.array([[1 - share, share]], np.float32),
        "label": np.array([label or classes[int(share > 0.5)]]),
        "class_names": np.array([[*classes]]),
    }


def staged_answer(share=0.25, *, is_unknown=False):
    """Likewise, of a model with a last stage."""
    return {
        **answer(share),
        "probabilities_uncalibrated": np.array([[0.4, 0.6]], np.float32),
        "score": np.array([-2.5], np.float32),
        "is_unknown": np.array([is_unknown]),
    }
