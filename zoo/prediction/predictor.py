"""The answers of a finished run to new records, by the same steps as in training."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from pipelines.batches import samples, selection
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.storage import atomic_files, csv_files
from zoo.prediction import output_format
from zoo.runs.run import Run
from zoo.training.data.target_encoding import inputs_of

FORMAT = 1
_SAID = ("probabilities", "predictions")


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What the network says of one study, or why it says nothing.

    Args:
        number: of the study in its source, from 1.
        name: tells nothing of the patient.
        ids: the source's ids by name, private; shown on request alone.
        outputs: of the model by name, of its one sample; none where there is an error.
    """

    number: int
    name: str
    ids: dict[str, str] = field(default_factory=dict, repr=False)
    outputs: dict[str, np.ndarray] | None = None
    error: StudyError | None = None


def predictor(run: Run) -> Callable[[bytes], dict[str, np.ndarray]]:
    """Loads the run's model.

    Returns:
        A function from a record's bytes to the outputs of its one sample by name,
        float32: `probabilities` `[K]` or `predictions` `[T]`, see `links.answers`.
    Raises:
        DataError: the model can't be loaded or fits the run's data set no more.
    """
    try:
        model = keras.models.load_model(run.model_path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{run.model_path} can't be loaded as a Keras model: {error}"
        ) from error
    prepare = samples.normalised(
        run.task,
        selection.channel_indices(run.task, run.channels),
        run.recipe.normalisation,
        run.standards.encoding,
        require_target=False,
    )

    @tf.function(
        input_signature=[tf.TensorSpec([], tf.string)],
        jit_compile=False,
    )
    def outputs(record: tf.Tensor) -> dict[str, tf.Tensor]:
        sample = prepare(record)
        one = {name: sample[name][tf.newaxis] for name in ("volume", "covariates")}
        found = model(inputs_of(one), training=False)
        return {name: found[name][0] for name in found if name.startswith(_SAID)}

    def ask(record: bytes) -> dict[str, np.ndarray]:
        found = outputs(tf.constant(record))
        return {name: value.numpy() for name, value in found.items()}

    return ask


def answer(
    number: int,
    one: OneRecord,
    ask: Callable[[bytes], dict[str, np.ndarray]],
    run: Run,
) -> Answer:
    """The answer to one record, or the error that it came with."""
    about = {"number": number, "name": one.name, "ids": one.ids}
    if one.record is None:
        return Answer(**about, error=one.error)
    outputs = ask(one.record)
    for name, values in outputs.items():
        if not np.isfinite(values).all():
            raise DataError(
                f"the model of {run.path} gives no finite {name} for {one.name}. "
                f"Received: {values.tolist()}"
            )
    return Answer(**about, outputs=outputs)


def write(path: str | Path, answers: Sequence[Answer], run: Run, *, ids: bool) -> None:
    """Writes the answers as `.csv` or, by any other suffix, as JSON, whole or not.

    CSV columns: number, name, (ids,) what `spoken.cells` has of every target (of
    classes class and `prob:<class>`; of a further target with `<name>.` before), error.
    JSON: `format`, `task`, `classes` (where the main target has some), and `results`
    with `number`, `name`, (`ids`,) and either `error` or what `spoken.fields` has, of
    further targets below `further_targets`.

    Args:
        ids: whether the source's ids stand in the file.
    """
    as_csv = Path(path).suffix == ".csv"
    text = _csv(answers, run, ids) if as_csv else _json(answers, run, ids)
    atomic_files.write_text(path, text)


def problem(error: StudyError) -> str:
    """What was wrong and what to do, without anything private."""
    return f"{error.problem}. {error.cure}"


def _csv(answers: Sequence[Answer], run: Run, ids: bool) -> str:
    id_names = _id_names(answers) if ids else ()
    columns = [
        column
        for target_output in run.target_outputs
        for column in output_format.columns(target_output)
    ]
    rows = []
    for one in answers:
        cells = [""] * len(columns)
        if one.outputs is not None:
            cells = [
                cell
                for target_output in run.target_outputs
                for cell in output_format.cells(one.outputs, target_output)
            ]
        rows.append(
            [
                one.number,
                one.name,
                *(one.ids.get(name, "") for name in id_names),
                *cells,
                "" if one.error is None else problem(one.error),
            ]
        )
    return csv_files.to_text(["number", "name", *id_names, *columns, "error"], rows)


def _id_names(answers: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in answers for name in one.ids))


def _json(answers: Sequence[Answer], run: Run, ids: bool) -> str:
    content = {
        "format": FORMAT,
        "task": run.task.name,
        **({"classes": list(run.classes)} if run.classes else {}),
        "results": [_fields(one, run, ids) for one in answers],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _fields(one: Answer, run: Run, ids: bool) -> dict:
    fields = {"number": one.number, "name": one.name}
    if ids:
        fields["ids"] = one.ids
    if one.error is not None:
        return {**fields, "error": problem(one.error)}
    main, *further = run.target_outputs
    fields |= output_format.fields(one.outputs, main)
    if further:
        fields["further_targets"] = {
            target_output.target.name: output_format.fields(one.outputs, target_output)
            for target_output in further
        }
    return fields
