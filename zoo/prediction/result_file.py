"""Predictions of new studies as a file: CSV or JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import StudyError
from pipelines.storage import atomic_files, csv_files
from zoo.prediction import output_format
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.output_format import Outputs
from zoo.targets.target_output import TargetOutput

FORMAT = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """What is predicted of one study, or why nothing is.

    Args:
        number: of the study in its source, from 1.
        name: tells nothing of the patient.
        ids: the source's ids by name, private; shown on request alone.
        outputs: of its one sample by name, of folds their mean, of an ensemble what its
            rule says; none where there is an error.
        by_fold: the outputs of every fold's network, where there are folds; of an
            ensemble those of the members that do not abstain.
    """

    number: int
    name: str
    ids: dict[str, str] = field(default_factory=dict, repr=False)
    outputs: Outputs | None = None
    by_fold: Mapping[str, Outputs] = field(default_factory=dict)
    error: StudyError | None = None
    kept: tuple[Any, ...] = field(default=(), repr=False)


def write(
    path: str | Path,
    predictions: Sequence[Prediction],
    facts: ModelFacts,
    *,
    folds: Sequence[str] = (),
    members: Sequence[str] = (),
    served: Mapping[str, str | int] | None = None,
    ids: bool,
) -> None:
    """Writes predictions as `.csv` or, by any other suffix, as JSON, whole or not.

    CSV columns: number, name, (ids,) what `output_format.cells` has of every target (of
    classes class and `prob:<class>`; of a further target with `<name>.` before), of
    every fold the same with `fold_<fold>.` before, of every member of an ensemble with
    `member_<name>.` (empty where it abstains), error. Of a model with a last stage
    the class of what is unknown is `unknown`. It begins with a byte order
    mark, for Excel; Python reads it as `utf-8-sig`.
    JSON: `format`, `task`, `model` (where one is served), `classes` (where the main
    target has some), `prediction_set_level` (where there are sets of classes, the
    coverage wanted of each class), and `results` with `number`, `name`, (`ids`,) and
    either `error` or what `output_format.fields` has, of further targets below
    `further_targets`, and of every fold the same below `folds`, of the members of an
    ensemble that do not abstain below `members`.

    Args:
        facts: of the model that predicted.
        folds: names of the folds whose networks predicted.
        members: names of the members of an ensemble, in the place of folds.
        served: the name and version of a model that was asked at an endpoint.
        ids: whether the source's ids stand in the file.
    """
    if Path(path).suffix == ".csv":
        id_names = _id_names(predictions) if ids else ()
        header = csv_header(facts, folds=folds, members=members, id_names=id_names)
        rows = csv_rows(
            predictions, facts, folds=folds, members=members, id_names=id_names
        )
        text = csv_files.to_text_for_people(header, rows)
    else:
        text = json_text(predictions, facts, members=members, served=served, ids=ids)
    atomic_files.write_text(path, text)


def no_prediction(private: str) -> StudyError:
    """The error of a study of which a network gives no valid numbers."""
    return StudyError(
        code="no_prediction",
        problem="the network gives no valid prediction for this study",
        cure="Look at the study with a viewer; if all studies fail, train anew",
        private=private,
    )


def problem(error: StudyError) -> str:
    """What was wrong and what to do, without anything private."""
    return f"{error.problem}. {error.cure}"


def csv_header(
    facts: ModelFacts,
    *,
    folds: Sequence[str] = (),
    members: Sequence[str] = (),
    id_names: Sequence[str] = (),
) -> list[str]:
    """The columns of a CSV file, as `write` has them.

    Args:
        facts, folds, members: as of `write`.
        id_names: of the source's ids that stand in the file.
    """
    answers = _answer_columns(facts, folds, members)
    return ["number", "name", *id_names, *answers, "error"]


def csv_rows(
    predictions: Iterable[Prediction],
    facts: ModelFacts,
    *,
    folds: Sequence[str] = (),
    members: Sequence[str] = (),
    id_names: Sequence[str] = (),
) -> list[list]:
    """The cells below `csv_header`, a row for each prediction."""
    parts = _parts(folds, members)
    blank = [""] * len(_answer_columns(facts, folds, members))
    return [
        [
            prediction.number,
            prediction.name,
            *(prediction.ids.get(name, "") for name in id_names),
            *(_cells(prediction, facts.target_outputs, parts) or blank),
            "" if prediction.error is None else problem(prediction.error),
        ]
        for prediction in predictions
    ]


def _answer_columns(
    facts: ModelFacts, folds: Sequence[str], members: Sequence[str]
) -> list[str]:
    columns = [
        column
        for target_output in facts.target_outputs
        for column in output_format.columns(
            target_output,
            staged=facts.has_last_stage,
            sets=facts.set_level is not None,
        )
    ]
    parts = _parts(folds, members).values()
    return [*columns, *(start + column for start in parts for column in columns)]


def _parts(folds: Sequence[str], members: Sequence[str]) -> dict[str, str]:
    """What the columns of every fold and member begin with."""
    parts = {fold: f"fold_{fold}." for fold in folds}
    return parts | {member: f"member_{member}." for member in members}


def _cells(
    prediction: Prediction,
    target_outputs: Sequence[TargetOutput],
    parts: Iterable[str],
) -> list[str]:
    """Of all targets, first of all together, then of each part; of an error none."""
    if prediction.outputs is None:
        return []
    return [
        cell
        for outputs in (prediction.outputs, *map(prediction.by_fold.get, parts))
        for target_output in target_outputs
        for cell in _cells_of(outputs, target_output)
    ]


def _cells_of(outputs: Outputs | None, target_output: TargetOutput) -> list[str]:
    """Empty ones of a member that abstains."""
    if outputs is None:
        return [""] * len(output_format.columns(target_output))
    return output_format.cells(outputs, target_output)


def _id_names(predictions: Sequence[Prediction]) -> tuple[str, ...]:
    names = (name for prediction in predictions for name in prediction.ids)
    return tuple(dict.fromkeys(names))


def json_text(
    predictions: Sequence[Prediction],
    facts: ModelFacts,
    *,
    members: Sequence[str] = (),
    served: Mapping[str, str | int] | None = None,
    ids: bool = False,
) -> str:
    """The text of a JSON file, as `write` has it."""
    content = document(predictions, facts, members=members, served=served, ids=ids)
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def document(
    predictions: Sequence[Prediction],
    facts: ModelFacts,
    *,
    members: Sequence[str] = (),
    served: Mapping[str, str | int] | None = None,
    ids: bool = False,
) -> dict:
    """The content of a JSON file, as `write` has it."""
    classes = facts.task.target.classes
    level, parts = facts.set_level, "members" if members else "folds"
    return {
        "format": FORMAT,
        "task": facts.task.name,
        **({"model": dict(served)} if served else {}),
        **({"classes": list(classes)} if classes else {}),
        **({} if level is None else {"prediction_set_level": level}),
        "results": [
            _result(prediction, facts.target_outputs, ids, parts)
            for prediction in predictions
        ],
    }


def _result(
    prediction: Prediction,
    target_outputs: Sequence[TargetOutput],
    ids: bool,
    parts: str,
) -> dict:
    result = {"number": prediction.number, "name": prediction.name}
    if ids:
        result["ids"] = prediction.ids
    if prediction.error is not None:
        return {**result, "error": problem(prediction.error)}
    result |= _fields(prediction.outputs, target_outputs)
    if prediction.by_fold:
        result[parts] = {
            fold: _fields(outputs, target_outputs)
            for fold, outputs in prediction.by_fold.items()
        }
    return result


def _fields(outputs: Outputs, target_outputs: Sequence[TargetOutput]) -> dict:
    main, *further = target_outputs
    fields = output_format.fields(outputs, main)
    if further:
        fields["further_targets"] = {
            target_output.target.name: output_format.fields(outputs, target_output)
            for target_output in further
        }
    return fields
