"""What an ensemble answers of samples of classes that its members hold out."""

from collections.abc import Mapping, Sequence

import numpy as np

from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.member import Member
from zoo.evaluation.last_stage import staged, unknown_classes
from zoo.evaluation.predictions import unknown_file
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.predictions.unknown_file import UnknownPredictions
from zoo.evaluation.results import unknown_classes as results
from zoo.evaluation.results.settings import Settings

_JUDGED = ("validation", "test")


def predicted(
    ensemble: Ensemble, members: Sequence[Member]
) -> dict[str, UnknownPredictions]:
    """By fold what the rule makes of the members' answers; logits are those of that.

    Empty where members know all classes, or are of several data sets: a record of one
    is none of another. A member without a sample abstains from it.

    Raises:
        DataError: unknown.csv of a member is missing or damaged.
    """
    known = not members[0].run.task.target.held_out_classes
    if known or ensemble.joined_by != "sample":
        return {}
    return {
        fold: _together(
            ensemble, fold, [unknown_classes.read(m.runs[fold]) for m in members]
        )
        for fold in ensemble.folds
    }


def _together(
    ensemble: Ensemble, fold: str, parts: Sequence[UnknownPredictions]
) -> UnknownPredictions:
    rows: dict[str, tuple[UnknownPredictions, int]] = {}
    for part in parts:
        for number, sample in enumerate(part.sample_id):
            rows.setdefault(sample, (part, number))
    place = {sample: row for row, sample in enumerate(rows)}
    names = parts[0].names
    values = np.full((len(parts), len(rows), len(names)), np.nan)
    for number, part in enumerate(parts):
        places = [place[sample] for sample in part.sample_id]
        values[number, places] = part.probabilities
    output = ensemble.target_outputs[0]
    answers = np.zeros((0, len(names)))
    if rows:
        answers = ensemble.combine(output, {fold: values})
    return UnknownPredictions(
        sample_id=tuple(rows),
        **{
            name: tuple(getattr(part, name)[row] for part, row in rows.values())
            for name in ("patient_id", "split", "fold", "unknown_class")
        },
        names=names,
        outputs=output.kind.average_logits({output.kind.shown: answers}),
    )


def of_one_file(
    by_fold: Mapping[str, UnknownPredictions], judged: str
) -> UnknownPredictions | None:
    """What stands in the ensemble's unknown.csv; none where nothing is held out.

    Args:
        judged: the split of folds that pools to all patients, of which each fold's own
            samples are taken; "" of single runs, whose samples all are.
    """
    if not by_fold:
        return None
    parts = [*by_fold.values()]
    if judged:
        parts = [unknown_file.of_split(part, judged) for part in parts]
    return unknown_file.join(parts)


def evaluate(
    unknown: UnknownPredictions,
    splits: Mapping[str, Levels],
    main: dict,
    held_out: Sequence[str],
    settings: Settings,
) -> dict:
    """The entry `unknown_classes`, see `results.unknown_classes.evaluate`.

    An ensemble has no last stage: the largest probability says how known a sample
    looks, and nothing is called unknown.

    Args:
        splits: what the ensemble predicts of samples of the known classes.
        main: the evidence on that, with `calibration`.
        held_out: names of the classes.
    """
    level = main["calibration"]["level"]
    judged = {}
    for split in _JUDGED:
        if split not in splits or split not in unknown.split:
            continue
        answers = unknown_file.of_split(unknown, split)
        judged[split] = (
            staged.at_level(unknown_classes.unstaged(splits[split].sample), level),
            unknown_classes.of_runs([], [], [answers], level=level),
        )
    return results.evaluate(judged, [], held_out, level, settings)
