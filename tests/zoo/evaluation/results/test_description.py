from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from zoo.evaluation.results.description import describe


def task(unit="study", **target):
    return Task(
        name="demo",
        unit=unit,
        sequences=(Sequence(name="T1"),),
        target=Target(**target),
        grid=Grid(shape=(16, 16, 16)),
    )


def test_what_the_task_says():
    found = describe(task("series", classes=("a", "b")))
    assert (found.task, found.unit) == ("demo", "series")
