"""What metrics.json says of an operating point and of the net benefit."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.decisions import predictive_values
from zoo.evaluation.decisions.net_benefit import THRESHOLDS, net_benefits
from zoo.evaluation.last_stage.stage import LastStage, event_score
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.metrics.intervals import wilson
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.results import free_resampling
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.settings import Settings


def operating_point(
    staged: StagedPredictions,
    stages: Sequence[LastStage],
    prevalences: Sequence[float],
    settings: Settings,
) -> dict:
    """The entry `operating_point`: what the stored threshold does on new samples.

    - `rule`, `event`; `thresholds`: of each stage, as they are stored
    - `samples`, `with_event`
    - `sensitivity`, `specificity`, `ppv`, `npv`: entries; Wilson where every patient
      counts once, and the bootstrap over patients drawn freely
    - `at_prevalence`: for each stated one `prevalence`, and `ppv` and `npv` as they
      would be there: logit intervals (Mercaldo et al., 2007) where every patient
      counts once, and the bootstrap
    """
    happened = staged.event[staged.after.label]
    called = staged.event[staged.label]
    independent = len(set(staged.after.patient_id)) == len(staged.after)

    def replicate(weights: np.ndarray) -> dict:
        return _rates(happened, called, weights)

    own = _rates(happened, called, np.ones((1, len(happened))))
    drawn = free_resampling.replicates(replicate, staged.after, settings)
    trials = {
        "sensitivity": (called & happened, happened),
        "specificity": (~called & ~happened, ~happened),
        "ppv": (called & happened, called),
        "npv": (~called & ~happened, ~called),
    }
    entries = {}
    for name, (right, of) in trials.items():
        value = float(own[name][0])
        reason = f"no sample is {_WITHOUT[name]}" if np.isnan(value) else ""
        entries[name] = entry_of(
            Measure(value=value, reason=reason),
            free_resampling.interval(
                None if drawn is None else drawn[name], settings.confidence
            ),
        )
        if independent and not reason:
            ends = wilson(int(right.sum()), int(of.sum()), settings.confidence)
            entries[name]["intervals"]["wilson"] = interval_fields(ends)
    point = stages[0].operating_point
    return {
        "rule": point.rule,
        "event": list(point.event),
        "thresholds": [stage.operating_point.threshold for stage in stages],
        "samples": len(happened),
        "with_event": int(happened.sum()),
        **entries,
        "at_prevalence": [
            _at_prevalence(
                prevalence, trials, own, drawn, settings, independent=independent
            )
            for prevalence in prevalences
        ],
    }


_WITHOUT = {
    "sensitivity": "of the event",
    "specificity": "without the event",
    "ppv": "called so",
    "npv": "called free of it",
}


def _rates(
    happened: np.ndarray, called: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Sensitivity, specificity, PPV and NPV of resamples `[R, N]`, `[R]` each."""
    tp, fp = weights @ (called & happened), weights @ (called & ~happened)
    fn, tn = weights @ (~called & happened), weights @ (~called & ~happened)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
            "ppv": tp / (tp + fp),
            "npv": tn / (tn + fn),
        }


def _at_prevalence(
    prevalence: float,
    trials: dict[str, tuple[np.ndarray, np.ndarray]],
    own: dict[str, np.ndarray],
    drawn: dict[str, np.ndarray] | None,
    settings: Settings,
    *,
    independent: bool,
) -> dict:
    def at(rates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        both = (rates["sensitivity"], rates["specificity"])
        return predictive_values.values(*both, prevalence)

    values, spread = at(own), None if drawn is None else at(drawn)
    content = {"prevalence": prevalence}
    counts = [int(np.sum(rows)) for name in RATES for rows in trials[name]]
    logit = predictive_values.intervals(
        *counts, prevalence=prevalence, confidence=settings.confidence
    )
    for name in predictive_values.NAMES:
        measure = predictive_values.measure_of(name, float(values[name][0]))
        content[name] = entry_of(
            measure,
            free_resampling.interval(
                None if spread is None else spread[name], settings.confidence
            ),
        )
        if independent and not measure.reason:
            content[name]["intervals"]["logit"] = interval_fields(logit[name])
    return content


RATES = ("sensitivity", "specificity")


def decision_curve(
    staged: StagedPredictions, prevalence: float | None, settings: Settings
) -> dict:
    """The entry `decision_curve`: net benefit (Vickers and Elkin, 2006).

    `prevalence`: stated, or null = that of the samples; `resamples`; `per_event`: of
    the operating point's event, else of the second of two classes or of each of more:
    `thresholds`, `model` with the ends `low` and `high` of its pointwise intervals, and
    `all`, where everybody is acted on; acting on nobody is worth 0.
    """
    return {
        "prevalence": prevalence,
        "resamples": free_resampling.resamples(len(staged.after), settings),
        "per_event": {
            name: _curve(staged, event, prevalence, settings)
            for name, event in events_of(staged).items()
        },
    }


def events_of(staged: StagedPredictions) -> dict[str, np.ndarray]:
    """By name whether each class belongs to the event, bool `[K]`."""
    names = staged.after.names
    if staged.event is not None:
        chosen = [name for name, there in zip(names, staged.event) if there]
        return {" or ".join(chosen): staged.event}
    alone = np.eye(len(names), dtype=bool)
    shown = range(1, 2) if len(names) == 2 else range(len(names))
    return {names[index]: alone[index] for index in shown}


def _curve(
    staged: StagedPredictions,
    event: np.ndarray,
    prevalence: float | None,
    settings: Settings,
) -> dict:
    happened = event[staged.after.label]
    stated = event_score(staged.after.probabilities, event)

    def replicate(weights: np.ndarray) -> dict:
        return net_benefits(happened, stated, weights, prevalence=prevalence)

    own = replicate(np.ones((1, len(stated))))
    drawn = free_resampling.replicates(replicate, staged.after, settings)
    spread = None if drawn is None else drawn["model"]
    low, high = free_resampling.band(spread, settings.confidence)
    return {
        "thresholds": THRESHOLDS.tolist(),
        "model": own["model"][0].tolist(),
        "low": low,
        "high": high,
        "all": own["all"][0].tolist(),
    }
