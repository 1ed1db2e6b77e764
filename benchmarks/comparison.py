"""How right the comparison of models is, on simulated models: paired tests, choice.

    python benchmarks/comparison.py paired [--cohorts 500]
    python benchmarks/comparison.py selection [--cohorts 100]
    python benchmarks/comparison.py abandonment [--cohorts 30]

A simulated model gives a patient's true class a logit of `signal`, and every class
noise, of which the share `SHARED` is the patient's own difficulty, the same for all
models: as networks of one sweep err on the same patients. Every table is in
docs/comparison.md.
"""

import argparse
import functools
import time

import numpy as np
from scipy.stats import norm, wilcoxon

from tuning.trials.abandonment import Abandonment, has_a_chance
from zoo.evaluation.comparison import contributions, objectives, selection
from zoo.evaluation.comparison.paired import compare
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.intervals import percentile
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.targets.classification import CLASSIFICATION

SHARED = 0.5
LARGE = 200_000  # patients that stand for all


class Cohort:
    """Patients, their classes and difficulty; models are drawn on them."""

    def __init__(self, patients, classes, draw, *, folds=1, samples=1, deal=None):
        self.draw, self.classes = draw, classes
        label = np.arange(patients) % classes
        if deal == "free":
            label = draw.integers(classes, size=patients)
            label[: 2 * classes] = np.arange(2 * classes) % classes
        self.patient = np.repeat(np.arange(patients), samples)
        self.label = label[self.patient]
        self.fold = (np.arange(patients) // classes % folds)[self.patient]
        self.person = draw.normal(size=(patients, classes))
        self.difficulty = draw.normal(size=(len(self.label), classes))

    def model(self, signal, share=SHARED):
        """Predictions of a model that was not trained on the cohort."""
        own = self.draw.normal(size=self.person.shape)[self.patient]
        sample = self.draw.normal(size=self.difficulty.shape)
        common = (self.person[self.patient] + self.difficulty) / np.sqrt(2)
        noise = np.sqrt(share) * common
        noise = noise + np.sqrt(1 - share) * (own + sample) / np.sqrt(2)
        noise[np.arange(len(noise)), self.label] += signal
        return predicted(noise, self.label, self.patient, self.fold)


def predicted(logits, label, patient, fold):
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Predictions(
        sample_id=tuple(f"s{i:07d}" for i in range(len(label))),
        patient_id=tuple(f"p{i:07d}" for i in patient),
        split=("validation",) * len(label),
        fold=tuple(map(str, fold)),
        kind=CLASSIFICATION,
        names=tuple(f"class{c}" for c in range(logits.shape[1])),
        truth=label[:, None].astype(float),
        outputs={"prob": shares / shares.sum(axis=1, keepdims=True), "logit": logits},
    )


def truth_of(objective, classes, signal):
    """The objective of a model on all the patients there could be."""
    draw = np.random.default_rng(99)
    return objective.of(Cohort(LARGE, classes, draw).model(signal))


DESIGNS = (  # objective, patients, classes, samples each, folds, aggregate
    ("val_auc", 20, 2, 1, 1, "pooled"),
    ("val_auc", 50, 2, 1, 1, "pooled"),
    ("val_auc", 200, 2, 1, 1, "pooled"),
    ("val_auc", 50, 2, 4, 1, "pooled"),
    ("val_auc", 50, 5, 1, 1, "pooled"),
    ("val_auc", 20, 5, 1, 2, "mean"),
    ("val_auc", 50, 5, 1, 5, "mean"),
    ("val_loss", 20, 2, 1, 1, "pooled"),
    ("val_loss", 50, 5, 1, 5, "mean"),
    ("val_accuracy", 50, 5, 1, 1, "pooled"),
)


def paired(cohorts):
    """Errors of the first kind at .05, and coverage of 95 % intervals."""
    head = "| objective | patients | classes | samples each | folds | t | normal |"
    print(head + " Wilcoxon | coverage (t) |")
    print("|---" * 9 + "|")
    for name, patients, classes, samples, folds, aggregate in DESIGNS:
        objective = objectives.named(name)
        draw = np.random.default_rng(0)
        gap = truth_of(objective, classes, 1.5) - truth_of(objective, classes, 0.8)
        rejected, covered = [], []
        for _ in range(cohorts):
            cohort = Cohort(patients, classes, draw, folds=folds, samples=samples)
            first, second = cohort.model(1.0), cohort.model(1.0)
            rejected.append(_rejected(first, second, objective, aggregate))
            better, worse = cohort.model(1.5), cohort.model(0.8)
            found = compare(better, worse, objective, aggregate=aggregate)
            if found.low is not None:
                covered.append(found.low <= gap <= found.high)
        t, z, w = np.nanmean(rejected, axis=0)
        where = f"{folds}" if folds > 1 else "-"
        print(
            f"| {name} | {patients} | {classes} | {samples} | {where} | {t:.3f} | "
            f"{z:.3f} | {w:.3f} | {np.mean(covered):.3f} |"
        )


def _rejected(first, second, objective, aggregate):
    """By Student's t, the normal distribution, and Wilcoxon's test."""
    both = contributions.difference(
        contributions.of(first, objective, aggregate),
        contributions.of(second, objective, aggregate),
    )
    found = spread(both)
    if found.reason:
        return (False, False, False)
    p = 2 * found.at_most(-abs(both.value))
    z = 2 * norm.sf(abs(both.value) / found.error)
    values = both.values
    w = wilcoxon(values).pvalue if np.any(values) else 1.0
    return (p < 0.05, z < 0.05, w < 0.05)


CHOICES = (  # patients, classes, folds, aggregate, signals
    (50, 5, 5, "mean", [1.0] * 8),
    (50, 5, 5, "pooled", [1.0] * 8),
    (50, 5, 5, "mean", [1.0] * 32),
    (200, 2, 5, "mean", [1.0] * 32),
    (200, 2, 5, "pooled", [1.0] * 32),
    (200, 2, 5, "pooled", [*np.linspace(0.4, 1.6, 16)]),
    (50, 5, 5, "mean", [*np.linspace(0.4, 1.6, 16)]),
    (200, 2, 5, "pooled", [1.0]),
)


def choice(cohorts):
    """Bias of the winner's figure, naive and corrected, and coverage of 95 %."""
    objective = objectives.named("val_auc")
    print(
        "| patients | classes | aggregate | candidates | naive - truth | corrected - "
        "truth | coverage naive | width | coverage corrected | width | "
        "coverage of the percentiles of those left out | width |"
    )
    print("|---" * 12 + "|")
    for patients, classes, folds, aggregate, signals in CHOICES:
        draw = np.random.default_rng(0)
        truths = {s: truth_of(objective, classes, s) for s in set(signals)}
        rows = []
        for number in range(cohorts):
            cohort = Cohort(patients, classes, draw, folds=folds)
            models = {f"{i}": cohort.model(s) for i, s in enumerate(signals)}
            found = selection.corrected(
                models, objective, aggregate=aggregate, resamples=500, seed=number
            )
            truth = truths[signals[int(found.winner)]]
            winner = contributions.of(models[found.winner], objective, aggregate)
            half = spread(winner).half(0.95)
            rows.append(
                (
                    found.naive - truth,
                    found.estimate - truth,
                    abs(found.naive - truth) <= half,
                    2 * half,
                    *_covered(found.interval, truth),
                    *_covered(percentile(found.left_out, 0.95), truth),
                )
            )
        bias, fixed, *rest = np.mean(rows, axis=0)
        kind = "equal" if len(set(signals)) == 1 else "differ"
        print(
            f"| {patients} | {classes} | {aggregate} | {len(signals)}, {kind} | "
            f"{bias:+.4f} | {fixed:+.4f} | "
            + " | ".join(f"{number:.3f}" for number in rest)
            + " |"
        )


def _covered(interval, truth):
    """Whether the interval holds it, and its width."""
    return interval.low <= truth <= interval.high, interval.high - interval.low


SWEEPS = (  # patients, classes, folds, spread of the trials' signals, of their folds'
    (50, 5, 5, 0.5, 0.0),
    (50, 5, 5, 0.2, 0.0),
    (50, 5, 5, 0.2, 0.3),
    (200, 2, 5, 0.3, 0.0),
    (200, 2, 5, 0.3, 0.3),
    (1000, 2, 5, 0.1, 0.1),
)
TRIALS = 24
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4)


def abandonment(cohorts):
    """Fold fits done, and what the full objective of the choice loses."""
    objective = objectives.named("val_auc")
    print(
        "| patients | classes | trials' signal | p | fits | mean loss | 95 % | random |"
    )
    print("|---" * 8 + "|")
    for patients, classes, folds, width, own in SWEEPS:
        draw = np.random.default_rng(0)
        results = {p: [] for p in LEVELS}
        blind = []
        for _ in range(cohorts):
            cohort = Cohort(patients, classes, draw, folds=folds)
            signals = draw.normal(1.0, width, (TRIALS, 1))
            signals = signals + draw.normal(0, own, (TRIALS, folds))
            trials = _trials(cohort, signals.clip(0), folds)
            full = np.array(
                [np.mean([objective.of(part) for part in trial]) for trial in trials]
            )
            blind.append(full.max() - full.mean())
            test = _tests(trials, objective)
            for p in LEVELS:
                fits, chosen = _swept(full, folds, test, p)
                results[p].append((fits / (TRIALS * folds), full.max() - full[chosen]))
        for p in LEVELS:
            fits, losses = np.array(results[p]).T
            print(
                f"| {patients} | {classes} | 1 ± {width} ± {own} | {p} | "
                f"{fits.mean():.3f} | {losses.mean():.4f} | "
                f"{np.quantile(losses, 0.95):.4f} | {np.mean(blind):.3f} |"
            )


def _trials(cohort, signals, folds):
    """Of each trial the predictions of each fold, by signals `[trials, folds]`."""
    rows = [np.flatnonzero(cohort.fold == fold) for fold in range(folds)]
    models = [cohort.model(of_folds[cohort.fold]) for of_folds in signals]
    return [[take(model, own) for own in rows] for model in models]


def _tests(trials, objective):
    """The p of a trial against another after some folds, none = not tested."""
    rule = Abandonment()

    @functools.cache
    def test(number, best, done):
        mine, its = trials[number][:done], trials[best][:done]
        return has_a_chance(mine, its, objective, rule).p

    return test


def _swept(full, folds, test, level):
    """Fold fits, and the trial chosen, where trials come one after the other."""
    best, fits = 0, folds
    for number in range(1, len(full)):
        for done in range(1, folds + 1):
            fits += 1
            if done == folds:
                best = number if full[number] > full[best] else best
                break
            p = test(number, best, done)
            if p is not None and p < level:
                break
    return fits, best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    tables = {"paired": (paired, 500), "selection": (choice, 100)}
    tables["abandonment"] = (abandonment, 30)
    parser.add_argument("table", choices=tables)
    parser.add_argument("--cohorts", type=int, help="simulated, each design")
    options = parser.parse_args()
    run, cohorts = tables[options.table]
    start = time.process_time()
    run(options.cohorts or cohorts)
    print(f"\n{time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
