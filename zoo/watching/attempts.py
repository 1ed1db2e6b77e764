"""What keeps one study from being predicted, and what only for a while."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pipelines.errors import DataError, StudyError, ZooError
from pipelines.ingestion.study_fault import NO_ROOM
from zoo.prediction.result_file import Prediction
from zoo.watching.patience import Patience

Found = TypeVar("Found")


def with_tables(read: Callable[[], Found], patience: Patience) -> Found:
    """What `read` makes of the tables that go with the studies.

    They were sound when the watcher began: somebody may be editing one.

    Raises:
        StopAskedError: the watcher is to end meanwhile.
    """
    waited = False
    while True:
        try:
            ready = read()
        except (ZooError, OSError):
            patience.wait("the table of --covariates or --mask can't be read")
            waited = True
        else:
            if waited:
                patience.over()
            return ready


def of_study(predict: Callable[[], Iterable[Prediction]]) -> list[Prediction]:
    """The predictions of one study.

    Raises:
        StudyError: there is none, for a reason that is the study's.
        DataError: the disk is full.
    """
    try:
        return [*predict()]
    except DataError as error:
        if getattr(error.__context__, "errno", None) in NO_ROOM:
            raise
        if isinstance(error.__cause__, MemoryError):
            code, problem = "out_of_memory", "the study does not fit into memory"
        else:
            code, problem = "no_images", "no file of it is an image that the task takes"
        raise StudyError(
            code=code,
            problem=problem,
            cure="Look at the study with a viewer, and whether it was sent here by "
            "mistake",
            private=str(error),
        ) from error
