"""What metrics.json says of classes that were held out of training."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.last_stage.unknown_classes import UnknownAnswers
from zoo.evaluation.metrics import shares
from zoo.evaluation.metrics.auc import resampled_auc
from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.clustered_auc import newcombe_clustered
from zoo.evaluation.metrics.intervals import Interval, percentile, wilson
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.metrics.newcombe import newcombe, separation
from zoo.evaluation.rejection import rules, unknowns
from zoo.evaluation.results import free_resampling
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.settings import Settings

ALL = "all"
THRESHOLD_KNOWN = "the threshold of a rate of 0 or 1 is taken as known"
Split = tuple[StagedPredictions, UnknownAnswers]


def evaluate(
    splits: Mapping[str, Split],
    stages: Sequence[LastStage],
    classes: Sequence[str],
    level: str,
    settings: Settings,
) -> dict:
    """The entry `unknown_classes`: known samples against those of classes held out.

    - `classes`: those held out; `level`: patient or sample
    - `rule`: null = no sample is unknown; `score`: by what a sample looks known;
      `calibrated`: whether a last stage scaled the probabilities first
    - `splits`: by split `known`, how many samples of known classes, and `unknown`: of
      every class held out, and of `all` together, see `_against`

    Args:
        splits: at the level, by split; those that have samples of both.
        stages: of the networks; none = there is no last stage.
        classes: that are held out.
    """
    reject = stages[0].reject if stages else None
    return {
        "classes": [*classes],
        "level": level,
        "rule": None if reject is None else rules.name_of(reject),
        "score": "largest" if reject is None else rules.name_of(reject),
        "calibrated": bool(stages),
        "splits": {
            split: {
                "known": len(known.after),
                "unknown": {
                    name: _against(known, unknown, rows, settings, reject is not None)
                    for name, rows in _rows(unknown, classes).items()
                },
            }
            for split, (known, unknown) in splits.items()
        },
    }


def by_rule(
    scores: Mapping[str, tuple[np.ndarray, np.ndarray] | str],
    patients: tuple[Sequence[str], Sequence[str]],
    settings: Settings,
) -> dict:
    """The entry `by_rule` of a split: `auroc` and `fpr95` of every reject rule.

    By sample, of all classes held out, without scaling; a rule that has no scores has a
    `reason`.

    Args:
        scores: see `last_stage.unknown_classes.scores_by_rule`.
        patients: of the known and of the unknown samples.
    """
    return {
        name: {"reason": each}
        if isinstance(each, str)
        else _separation(*each, patients, settings)
        for name, each in scores.items()
    }


def rows_of_confusion(evidence: dict) -> list[tuple[str, list[int]]]:
    """Rows below those of the known classes: `<name> (unknown)` and their counts.

    Those of the split and the level of `calibration`.
    """
    content = evidence.get("unknown_classes", {"splits": {}, "classes": []})
    split = content["splits"].get(evidence["calibration"]["split"])
    if split is None:
        return []
    return [
        (f"{name} (unknown)", split["unknown"][name]["answered"])
        for name in content["classes"]
        if split["unknown"][name]["samples"]
    ]


def _rows(unknown: UnknownAnswers, classes: Sequence[str]) -> dict[str, np.ndarray]:
    """Rows of all, and of every class; bool `[M]`."""
    names = np.array(unknown.unknown_class)
    each = {name: names == name for name in classes}
    return {ALL: np.ones(len(unknown), bool), **each}


def _against(
    known: StagedPredictions,
    unknown: UnknownAnswers,
    rows: np.ndarray,
    settings: Settings,
    rejects: bool,
) -> dict:
    """Some unknown samples against all known ones.

    `samples`, `patients`; `auroc`, `fpr95`: entries; with a rule `rejected`, the share
    that is called unknown: an entry; `answered`: counts by the class that is answered
    and, last, unknown. Without a sample only `samples`: 0.
    """
    if not rows.any():
        return {"samples": 0}
    patients = [name for name, wanted in zip(unknown.patient_id, rows) if wanted]
    is_unknown = unknown.is_unknown[rows]
    number = len(known.after.names)
    answered = np.where(is_unknown, number, unknown.label[rows])
    content = {
        "samples": len(patients),
        "patients": len({*patients}),
        **_separation(
            known.score,
            unknown.score[rows],
            (known.after.patient_id, patients),
            settings,
        ),
        "answered": np.bincount(answered, minlength=number + 1).tolist(),
    }
    if not rejects:
        return content
    clusters = np.unique(patients, return_inverse=True)[1]
    interval = shares.share(
        is_unknown,
        np.ones(len(is_unknown), bool),
        clusters if len(patients) > len({*patients}) else None,
        settings.confidence,
    )
    rejected = entry_of(Measure(value=float(is_unknown.mean())), interval)
    return content | {"rejected": rejected}


def _separation(
    known: np.ndarray,
    unknown: np.ndarray,
    patients: tuple[Sequence[str], Sequence[str]],
    settings: Settings,
) -> dict:
    """`auroc` and `fpr95` with intervals.

    Resamples are of patients, drawn freely, each with all samples, known and unknown:
    often the same patients have both. Of an area also Newcombe's interval, of one that
    is 1 the bound of `metrics.newcombe.separation`; of a rate of 0 or 1, over which
    resamples do not vary, Wilson's by the unknown patients, which takes the threshold
    as known.
    """
    of_known, of_unknown = patients
    truth = np.repeat([True, False], [len(known), len(unknown)])
    scores = np.concatenate([known, unknown])
    clusters = np.unique([*of_known, *of_unknown], return_inverse=True)[1]
    area = unknowns.auroc(known, unknown)
    rate = unknowns.false_rate(known, unknown)

    def replicate(weights: np.ndarray) -> dict:
        sides = weights[:, : len(known)], weights[:, len(known) :]
        return {
            "auroc": resampled_auc(truth, scores, weights),
            "fpr95": unknowns.resampled_false_rate(known, unknown, sides),
        }

    spread = None
    if clusters.max() > 0:
        spread = resampled(
            replicate,
            clusters,
            stratum=np.zeros(clusters.max() + 1, int),
            resamples=free_resampling.resamples(len(scores), settings),
            seed=settings.seed,
        )
    return {
        "auroc": _area(area, truth, scores, clusters, spread, settings.confidence),
        "fpr95": _rate(rate, len({*of_unknown}), spread, settings.confidence),
    }


def _area(
    area: float,
    truth: np.ndarray,
    scores: np.ndarray,
    clusters: np.ndarray,
    spread: dict | None,
    confidence: float,
) -> dict:
    entry = entry_of(Measure(value=area), _interval(spread, "auroc", confidence))
    if clusters.max() + 1 == len(scores):
        counts = int(truth.sum()), int((~truth).sum())
        beside = [newcombe(area, *counts, confidence)]
    else:
        counts = tuple(len(np.unique(clusters[side])) for side in (truth, ~truth))
        beside = [newcombe_clustered(truth, scores, clusters, confidence)]
    if area == 1:
        beside.append(separation(*counts, confidence))
    entry["intervals"] |= {each.method: interval_fields(each) for each in beside}
    return entry


def _rate(rate: float, patients: int, spread: dict | None, confidence: float) -> dict:
    interval = _interval(spread, "fpr95", confidence)
    if rate in (0.0, 1.0):
        of_patients = wilson(int(rate) * patients, patients, confidence)
        interval = dataclasses.replace(of_patients, approximate=THRESHOLD_KNOWN)
    return entry_of(Measure(value=rate), interval)


def _interval(spread: dict | None, name: str, confidence: float) -> Interval:
    if spread is None:
        return Interval(method="bootstrap", reason="there is only one patient")
    return percentile(spread[name], confidence)
