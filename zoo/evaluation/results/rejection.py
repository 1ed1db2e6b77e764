"""What metrics.json says of what is not known: reject rule, risk, sets of classes."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.metrics.intervals import Interval, percentile, wilson
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.rejection import rules, unknowns
from zoo.evaluation.rejection.risk_coverage import curve, resampled_area
from zoo.evaluation.results import free_resampling
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.settings import Settings


def rejection(
    staged: StagedPredictions,
    stages: Sequence[LastStage],
    settings: Settings,
) -> dict:
    """The entry `rejection`.

    - `rule`: null = no sample is unknown; `score`: what samples are kept by
    - `aurc`: entry; `curve`: `coverage` and `risk`, the share of wrong answers among
      those kept, at every score
    - with a rule `thresholds` of each stage; `coverage`, the share that is known, and
      `accuracy_known` and `accuracy_unknown`, the share of right answers of either:
      entries; `confusion`: counts, true class by answered class and, last, unknown
    """
    rule = stages[0].reject
    wrong = staged.label != staged.after.label

    def replicate(weights: np.ndarray) -> dict:
        return {"aurc": resampled_area(wrong, staged.score, weights)}

    own = replicate(np.ones((1, len(wrong))))["aurc"][0]
    drawn = free_resampling.replicates(replicate, staged.after, settings)
    spread = None if drawn is None else drawn["aurc"]
    coverage, risk = curve(wrong, staged.score)
    content = {
        "rule": None if rule is None else rules.name_of(rule),
        "score": "largest" if rule is None else rules.name_of(rule),
        "aurc": entry_of(
            Measure(value=float(own)),
            free_resampling.interval(spread, settings.confidence),
        ),
        "curve": {"coverage": coverage.tolist(), "risk": risk.tolist()},
    }
    if rule is None:
        return content
    known = ~staged.is_unknown
    everybody = np.ones(len(known), bool)
    return content | {
        "thresholds": [stage.reject.threshold for stage in stages],
        "coverage": _share(known, everybody, staged, settings),
        "accuracy_known": _share(~wrong, known, staged, settings),
        "accuracy_unknown": _share(~wrong, ~known, staged, settings),
        "confusion": _confusion(staged),
    }


def conformal(
    inside: np.ndarray,
    staged: StagedPredictions,
    level: float,
    settings: Settings,
    *,
    by: str = "",
) -> dict:
    """The entry `conformal`: sets of classes that cover each class at a level.

    `level`; `by`: `sample`, only of the sets of a last stage, which are of samples
    whatever the rest is by; `coverage`: by class the share of its samples whose set
    holds it, entries; `mean_size` of the sets; `empty` and `single`: the shares of sets
    with no class, and with one.

    Args:
        inside: whether each class is in each sample's set, bool `[N, K]`.
        by: what stands there of it; "" = nothing.
    """
    truth, sizes = staged.after.label, inside.sum(axis=1)
    hit = inside[np.arange(len(truth)), truth]
    return {
        "level": level,
        **({"by": by} if by else {}),
        "coverage": {
            name: _share(hit, truth == index, staged, settings)
            for index, name in enumerate(staged.after.names)
        },
        "mean_size": float(sizes.mean()),
        "empty": float(np.mean(sizes == 0)),
        "single": float(np.mean(sizes == 1)),
    }


def unknown(
    staged: StagedPredictions,
    scores: np.ndarray,
    is_unknown: np.ndarray,
    settings: Settings,
) -> dict:
    """The entry `unknown`: samples of no known class, against those of the split.

    `samples`; `rejected`: the share of them that is called unknown; `auroc`, `fpr95`:
    of their scores against those of the split: entries, the latter two with intervals
    of a bootstrap that draws from both.

    Args:
        scores: of the unknown samples, `[M]`, one or more.
        is_unknown: what was answered of them, bool `[M]`.
    """
    generator = np.random.default_rng(settings.seed)
    known = staged.score
    spread = {"auroc": [], "fpr95": []}
    for _ in range(settings.bootstrap):
        drawn = [generator.choice(each, len(each)) for each in (known, scores)]
        spread["auroc"].append(unknowns.auroc(*drawn))
        spread["fpr95"].append(unknowns.false_rate(*drawn))
    own = {
        "auroc": unknowns.auroc(known, scores),
        "fpr95": unknowns.false_rate(known, scores),
    }
    ends = wilson(int(is_unknown.sum()), len(scores), settings.confidence)
    return {
        "samples": len(scores),
        "rejected": entry_of(Measure(value=float(is_unknown.mean())), ends),
        **{
            name: entry_of(
                Measure(value=float(value)),
                percentile(np.array(spread[name]), settings.confidence),
            )
            for name, value in own.items()
        },
    }


def _confusion(staged: StagedPredictions) -> list[list[int]]:
    classes = len(staged.after.names)
    answered = np.where(staged.is_unknown, classes, staged.label)
    cells = np.bincount(
        staged.after.label * (classes + 1) + answered, minlength=classes * (classes + 1)
    )
    return cells.reshape(classes, classes + 1).tolist()


def _share(
    right: np.ndarray, of: np.ndarray, staged: StagedPredictions, settings: Settings
) -> dict:
    """Of the samples of a part, bool `[N]`, the share that is right.

    Wilson's interval where every patient counts once, else the bootstrap's.
    """
    if not of.any():
        reason = "no sample is of this part"
        nothing = Interval(method="wilson", reason=reason)
        return entry_of(Measure(value=float("nan"), reason=reason), nothing)
    value = Measure(value=float(right[of].mean()))
    if len(set(staged.after.patient_id)) == len(staged.after):
        ends = wilson(int(right[of].sum()), int(of.sum()), settings.confidence)
        return {
            "value": value.value,
            "intervals": {"wilson": interval_fields(ends)},
        }

    def replicate(weights: np.ndarray) -> dict:
        with np.errstate(divide="ignore", invalid="ignore"):
            return {"share": weights @ (right & of) / (weights @ of)}

    drawn = free_resampling.replicates(replicate, staged.after, settings)
    spread = None if drawn is None else drawn["share"]
    return entry_of(value, free_resampling.interval(spread, settings.confidence))
