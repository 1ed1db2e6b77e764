"""What a served model says of its task: what a client makes records by."""

import json
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.storage import config_files
from pipelines.tasks.task import Task

FORMAT = 1
STAGE = "last_stage"  # entry of model.json, where answers are those of a last stage
SETS = "sets"  # entry of that, where it has sets of classes


@dataclass(frozen=True, kw_only=True)
class Description:
    """A task as a model sees it; it tells nothing of any patient or place.

    Args:
        task: of the data set that the model was trained on; a record of another `spec`
            gets no answer.
        covariates: names of those that the network sees, in its order.
        channels: names of those channels of the task that it sees, in its order.
    """

    task: Task
    covariates: tuple[str, ...] = ()
    channels: tuple[str, ...]

    def __post_init__(self):
        for word in ("covariates", "channels"):
            seen, there = getattr(self, word), getattr(self.task, word)
            if not {*seen} <= {*there}:
                raise ValueError(
                    f"{word} are some of the task's: {', '.join(there) or 'none'}. "
                    f"Received: {', '.join(seen)}"
                )

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        return json.dumps(
            {
                "format": FORMAT,
                "task": config_files.plain(self.task),
                "covariates": list(self.covariates),
                "channels": list(self.channels),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "Description":
        """Reads what a served model says by the signature `describe`.

        Raises:
            DataError: no such text, or one of a newer version.
        """
        try:
            content = json.loads(text)
            number = content.pop("format")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise DataError(
                "the model does not describe its task: a JSON object with a format is "
                f"wanted. Received: {text[:200]!r}. Ask a model that `python -m "
                "zoo.export` wrote"
            ) from None
        if number != FORMAT:
            raise DataError(
                f"the model describes its task in format {number!r}, and this version "
                f"reads {FORMAT}. Take the version of the software that exported it"
            )
        return config_files.build(cls, content, name="task of the served model")


def set_level(model_text: str) -> float | None:
    """Coverage by the sets of classes that a served model answers; none = no sets.

    Args:
        model_text: its model.json, of which `is_staged` holds.

    Raises:
        DataError: the level is none.
    """
    sets = json.loads(model_text)[STAGE].get(SETS)
    if sets is None:
        return None
    level = sets.get("level") if isinstance(sets, dict) else None
    if not isinstance(level, float) or not 0 < level < 1:
        raise DataError(
            f"the model answers sets of classes of no known coverage: {sets!r}. Ask a "
            "model that `python -m zoo.export` wrote"
        )
    return level


def is_staged(model_text: str) -> bool:
    """Whether a served model answers with a last stage, by its model.json.

    Raises:
        DataError: no such text.
    """
    try:
        return json.loads(model_text).get(STAGE) is not None
    except (ValueError, RecursionError, AttributeError):
        raise DataError(
            "the model does not say what it is: a JSON object is wanted. Received: "
            f"{model_text[:200]!r}. Ask a model that `python -m zoo.export` wrote"
        ) from None
