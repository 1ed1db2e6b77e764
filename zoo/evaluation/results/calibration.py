"""What metrics.json says of calibration."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from zoo.evaluation.calibration import measures
from zoo.evaluation.calibration.bins import reliability_bins
from zoo.evaluation.calibration.groups import MOST_SINGLE, groups
from zoo.evaluation.calibration.measures import CURVE, NAMES
from zoo.evaluation.calibration.smooth_curve import Smoother, smoother
from zoo.evaluation.metrics.classification import most_of_term, sample_terms
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.metrics.studentised import MeanOfPatients
from zoo.evaluation.predictions.by_patient import Levels, patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import free_resampling, resampling
from zoo.evaluation.results.entries import entry_of
from zoo.evaluation.results.log_loss_interval import as_far_as_seen
from zoo.evaluation.results.settings import COHORT, Settings

NOTE = (
    "each class against the rest: classes may each be calibrated where their joint "
    "probabilities are not"
)
_REPEATS = 500  # of what chance alone gives


def of_last_split(splits: Mapping[str, Levels], settings: Settings) -> dict:
    """The entry `calibration` on the last split, test where there is one.

    - `split`; `level`: patient, or sample where some patients are mixed
    - `resamples`: of patients, drawn freely
    - `before`: as the network predicts, see `of_predictions`; with a last stage `after`
    - `note`: of more than two classes, what it can't tell
    """
    split, levels = [*splits.items()][-1]
    defined = all(each.patient is not None for each in splits.values())
    level = "patient" if defined else "sample"
    predictions = levels.at(level)
    content = {
        "split": split,
        "level": level,
        "resamples": free_resampling.resamples(len(predictions), settings),
        "before": of_predictions(predictions, settings),
    }
    return content | ({"note": NOTE} if len(predictions.names) > 2 else {})


def of_predictions(predictions: Predictions, settings: Settings) -> dict:
    """`overall` with entries `log_loss` and `brier`, and `per_class`.

    Of two classes the second alone stands in `per_class`, since the other mirrors it;
    of more, each against the rest: entries by `calibration.measures.NAMES` (of those in
    `DISTANCES` without intervals, but `by_chance`, below which that of right
    probabilities lies with the confidence of the intervals), and
    `curve`: `stated`, `observed` and the ends `low` and `high` of the pointwise
    intervals, of the smooth curve.
    """
    names = predictions.names
    shown = range(1, 2) if len(names) == 2 else range(len(names))
    return {
        "overall": _overall(predictions, settings),
        "per_class": {
            names[index]: of_event(
                predictions,
                predictions.label == index,
                predictions.probabilities[:, index],
                settings,
            )
            for index in shown
        },
    }


def of_event(
    predictions: Predictions,
    happened: np.ndarray,
    stated: np.ndarray,
    settings: Settings,
) -> dict:
    """The entries of one event.

    Args:
        predictions: whose patients are drawn.
        happened: whether it is true, bool `[N]`.
        stated: its probability, `[N]`.
    """
    smooth, bins = smoother(stated), reliability_bins(stated)
    ones = np.ones((1, len(stated)))
    own = measures.replicate(happened, stated, ones, smoother=smooth, bins=bins)
    replicate = _replicate(happened, stated, smooth, bins)
    drawn = free_resampling.replicates(replicate, predictions, settings)
    of_sample = measures.measures(own, happened)
    low, high = free_resampling.band(_column(drawn, CURVE), settings.confidence)
    marked = resampling.of_event(predictions, happened).marked
    entries = {
        name: entry_of(
            of_sample[name],
            marked(free_resampling.interval(_column(drawn, name), settings.confidence)),
        )
        for name in NAMES
    }
    curve = {
        "stated": smooth.grid.tolist(),
        "observed": own[CURVE][0].tolist(),
        "low": low,
        "high": high,
    }
    right = measures.by_chance(
        stated,
        np.random.default_rng(settings.seed),
        min(free_resampling.resamples(len(stated), settings), _REPEATS),
        smoother=smooth,
        bins=bins,
    )
    for name, values in right.items():
        limit = float(np.quantile(values, settings.confidence))
        entries[name] = {**entries[name], "intervals": {}, "by_chance": limit}
    return entries | {CURVE: curve}


def _replicate(
    happened: np.ndarray,
    stated: np.ndarray,
    smooth: Smoother,
    bins: Sequence[np.ndarray],
) -> Callable[[np.ndarray], dict]:
    """From weights `[R, N]` to the measures; of many samples, of groups of them."""
    if len(stated) <= MOST_SINGLE:
        return lambda weights: measures.replicate(
            happened, stated, weights, smoother=smooth, bins=bins
        )
    grouped = groups(happened, stated, bins)
    smooth = smoother(grouped.stated, grid=smooth.grid, counts=grouped.counts)
    return lambda weights: measures.replicate(
        grouped.happened,
        grouped.stated,
        grouped.summed(weights),
        smoother=smooth,
        bins=grouped.bins,
    )


def _overall(predictions: Predictions, settings: Settings) -> dict:
    """Log loss and Brier score, with the intervals of `results.classification`."""
    terms = sample_terms(predictions.label, predictions.probabilities)
    patient = patient_index(predictions)
    first = np.unique(patient, return_index=True)[1]
    stratum = np.zeros(len(first), np.int64)
    means = {name: MeanOfPatients(t, patient, stratum) for name, t in terms.items()}

    def replicate(weights: np.ndarray) -> dict:
        return {
            name: mean.deviations(weights[:, first]) for name, mean in means.items()
        }

    drawn = free_resampling.replicates(replicate, predictions, settings)
    freely = dataclasses.replace(settings, design=COHORT)
    marked = resampling.of_classes(predictions, freely).marked
    entries = {}
    for name, values in terms.items():
        if drawn is None:
            interval = free_resampling.interval(None, settings.confidence)
        else:
            most = most_of_term(name, len(predictions.names))
            of_mean = means[name].interval(drawn[name], settings.confidence, most=most)
            interval = marked(of_mean)
        if name == "log_loss":
            interval = as_far_as_seen(
                interval, predictions.label, predictions.probabilities
            )
        entries[name] = entry_of(Measure(value=float(values.mean())), interval)
    return entries


def _column(drawn: dict | None, name: str) -> np.ndarray | None:
    return None if drawn is None else drawn[name]
