"""The models of the recorded cases, served as they were when these were recorded."""

import functools
from pathlib import Path

from zoo.serving.endpoint.admission import Admission
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.loading import Loader
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.served_models import ServedModels

RECORDED = Path(__file__).parents[3] / "fixtures" / "tfserving"
_VERSIONS = (
    ("half_plus_two", 123, "00000123"),
    ("half_plus_two_tf2", 123, "00000123"),
    ("multi", 1, "1"),
    ("multi", 2, "2"),
)


@functools.cache
def recorded_models() -> ServedModels:
    """All of them, loaded once in a process."""
    limits = Limits()
    loader = Loader(
        limits=limits,
        admission=Admission(limits),
        metrics=Metrics(),
        warms_up=False,
        batching=None,
    )
    models = ServedModels()
    for name, version, folder in _VERSIONS:
        models.add(loader.load(name, version, RECORDED / "models" / name / folder))
    models.set_labels("multi", {"stable": 1})
    return models
