"""How right `zoo.compare` is on simulated models: its p, intervals and verdicts.

    python benchmarks/comparing.py patients [--cohorts 1000]
    python benchmarks/comparing.py areas [--cohorts 1000]
    python benchmarks/comparing.py proportions
    python benchmarks/comparing.py folds [--cohorts 1000]
    python benchmarks/comparing.py repeats [--cohorts 300]

`patients`: pairs of simulated models (see comparison.py beside this) on patients drawn
freely. Equally good ones: the share called different at .05. Ones that differ: the
coverage of 95 % intervals, of the default method and of the bootstrap beside it. A
model that is worse by just the margin: the share called not inferior, at most .025.

`areas`: of differing models, coverage of the symmetric interval of DeLong's test and of
that of the logit limits, and how often the truth lies above and below each.

`proportions`: without simulation, over all tables of 30 and 50 patients, the coverage
of Tango's interval and the size of the exact McNemar test.

`folds`: two ways to train that are equally good, least squares on either half of
exchangeable features, each trained anew in every fold: the share called different by
Nadeau and Bengio's test and by the plain t test of the folds' differences, over one
deal of the folds or several.

`repeats`: as `patients`, of figures that are means over five repeats, each with a model
of its own and, of means over folds, another deal.

The tables are in docs/comparison.md.
"""

import argparse
import dataclasses
import functools
import time

import numpy as np
from comparison import Cohort
from scipy.stats import multinomial, ttest_1samp

from zoo.evaluation.comparison import (
    area_difference,
    contributions,
    figures_of_merit,
    fold_differences,
    mcnemar,
    over_repeats,
)
from zoo.evaluation.comparison.forms import Areas
from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.mcnemar import Discordance
from zoo.evaluation.comparison.paired import compare
from zoo.evaluation.comparison.report import rows, verdict
from zoo.evaluation.comparison.report.row import Question
from zoo.evaluation.comparison.report.same_patients import SamePatients
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.auc import auc
from zoo.evaluation.results.settings import Settings

RESAMPLES = 500
LARGE = 50_000  # patients that stand for all
EQUAL, BETTER, WORSE = 1.0, 1.5, 0.8  # signals
DESIGNS = (  # figure, patients, classes, samples each
    ("auc", 30, 2, 1),
    ("auc", 50, 2, 1),
    ("auc", 200, 2, 1),
    ("auc", 50, 5, 1),
    ("auc", 50, 2, 4),
    ("accuracy", 30, 2, 1),
    ("accuracy", 50, 2, 1),
    ("accuracy", 200, 2, 1),
    ("accuracy", 50, 5, 1),
    ("accuracy", 50, 2, 4),
    ("sensitivity:class1", 50, 2, 1),
    ("balanced_accuracy", 50, 5, 1),
    ("brier", 50, 2, 1),
    ("log_loss", 50, 2, 1),
    ("kappa", 30, 2, 1),
    ("kappa", 50, 5, 1),
    ("kappa", 200, 2, 1),
    ("f1:class1", 30, 2, 1),
    ("f1:class1", 50, 2, 1),
    ("f1:class1", 200, 2, 1),
    ("ppv:class1", 50, 2, 1),
)


def figure_of(name, predictions):
    return figures_of_merit.named(name, predictions)


@functools.cache
def models_of_all(classes):
    """Models on all the patients there could be, by signal."""
    draw = np.random.default_rng(99)
    cohort = Cohort(LARGE, classes, draw, deal="free")
    return {signal: cohort.model(signal) for signal in (BETTER, WORSE)}


def gap_of(name, classes):
    """How much larger the figure of the better model is."""
    better, worse = (models_of_all(classes)[signal] for signal in (BETTER, WORSE))
    objective = figure_of(name, better).objective
    return objective.of(better) - objective.of(worse)


def compared(model, reference, name, margin=None):
    """The one row of a comparison."""
    sources = tuple(
        Source(name=title, what="", predictions=predictions)
        for title, predictions in (("reference", reference), ("model", model))
    )
    same = SamePatients(sources=sources, level="sample", left_out={})
    question = Question(
        pairs=[("model", "reference")],
        figures=[figure_of(name, model)],
        settings=Settings(bootstrap=RESAMPLES),
        margin=margin,
    )
    (row,) = rows.of(same, question)
    return row


def covers(inference, value):
    """Whether the interval has it; nothing where there is no interval."""
    if inference.low is None:
        return np.nan
    return float(inference.low <= value <= inference.high)


def patients(cohorts):
    print(
        "| figure | patients | classes | samples each | method | called different | "
        "coverage | coverage of the bootstrap | called not inferior | no interval |"
    )
    print("|---" * 10 + "|")
    for name, count, classes, samples in DESIGNS:
        draw = np.random.default_rng(0)
        gap = gap_of(name, classes)
        results = []
        for _ in range(cohorts):
            cohort = Cohort(count, classes, draw, samples=samples, deal="free")
            equal = compared(cohort.model(EQUAL), cohort.model(EQUAL), name)
            margin = abs(gap)
            differ = compared(cohort.model(WORSE), cohort.model(BETTER), name, margin)
            called = equal.inference.p is not None and equal.inference.p < 0.05
            results.append(
                (
                    called,
                    covers(differ.inference, -gap),
                    covers(differ.bootstrap, -gap),
                    verdict.on_margin(differ, 0.95) in ("equivalent", "non-inferior"),
                    differ.inference.low is None,
                )
            )
        shares = " | ".join(f"{share:.3f}" for share in np.nanmean(results, axis=0))
        method = differ.inference.method
        print(f"| {name} | {count} | {classes} | {samples} | {method} | {shares} |")


def areas(cohorts):
    print(
        "| patients | classes | samples each | interval | coverage | truth above | "
        "truth below | width |"
    )
    print("|---" * 8 + "|")
    for name, count, classes, samples in DESIGNS:
        if name != "auc":
            continue
        draw = np.random.default_rng(1)
        gap = gap_of(name, classes)
        results = {"symmetric": [], "logit limits": []}
        for _ in range(cohorts):
            cohort = Cohort(count, classes, draw, samples=samples, deal="free")
            better, worse = cohort.model(BETTER), cohort.model(WORSE)
            objective = figure_of(name, better).objective
            both = [contributions.of(each, objective) for each in (better, worse)]
            intervals = (
                compare(better, worse, objective),
                area_difference.inference(*both, "delong", 0.95),
            )
            for own, found in zip(results.values(), intervals):
                if found.low is not None:
                    inside = found.low <= gap <= found.high
                    width = found.high - found.low
                    own.append((inside, gap > found.high, gap < found.low, width))
        for title, own in results.items():
            shares = " | ".join(f"{share:.3f}" for share in np.mean(own, axis=0))
            print(f"| {count} | {classes} | {samples} | {title} | {shares} |")


CHANCES = (
    (0.02, 0.1),
    (0.05, 0.1),
    (0.05, 0.2),
    (0.08, 0.25),
    (0.05, 0.05),
    (0.1, 0.1),
)


def proportions(_):
    print("| patients | right by one alone | by the other alone | coverage | size |")
    print("|---" * 5 + "|")
    for count in (30, 50):
        tables = [
            Discordance(mine=b, other=c, units=count)
            for b in range(count + 1)
            for c in range(count + 1 - b)
        ]
        ends = np.array([mcnemar.interval(table, 0.95) for table in tables])
        called = np.array([mcnemar.exact_p(table) < 0.05 for table in tables])
        cells = [(t.mine, t.other, count - t.mine - t.other) for t in tables]
        for first, second in CHANCES:
            chances = (first, second, 1 - first - second)
            weights = multinomial.pmf(cells, count, chances)
            gap = first - second
            covered = weights[(ends[:, 0] <= gap) & (gap <= ends[:, 1])].sum()
            size = f"{weights[called].sum():.3f}" if first == second else "-"
            print(f"| {count} | {first} | {second} | {covered:.3f} | {size} |")


FOLDS = (  # patients, folds, repeats
    (60, 5, 1),
    (60, 5, 5),
    (200, 5, 1),
    (200, 5, 5),
    (200, 10, 1),
    (200, 10, 5),
)


def folds(cohorts):
    print("| patients | folds | repeats | figure | Nadeau and Bengio | plain t test |")
    print("|---" * 6 + "|")
    for count, parts, repeats in FOLDS:
        draw = np.random.default_rng(0)
        called = []
        for _ in range(cohorts):
            differences = fold_gains(draw, count, parts, repeats)
            ratio = 1 / (parts - 1)
            found = fold_differences.inference(differences, ratio, 0.95)
            plain = ttest_1samp(differences, 0).pvalue
            called.append((found.p is not None and found.p < 0.05, plain < 0.05))
        corrected, plain = np.mean(called, axis=0)
        print(
            f"| {count} | {parts} | {repeats} | auc | {corrected:.3f} | {plain:.3f} |"
        )


def fold_gains(draw, count, parts, repeats=1, features=8):
    """AUC of one way to train less that of the other, of each fold of each repeat."""
    label = np.arange(count) % 2
    signs = 2.0 * label - 1
    inputs = draw.normal(size=(2, count, features)) + 0.3 * signs[None, :, None]
    fold = np.arange(count) // 2 % parts
    gains = []
    for repeat in range(repeats):
        if repeat:
            fold = dealt_anew(draw, fold, label)
        for part in range(parts):
            test = fold == part
            scores = [
                own[test] @ np.linalg.lstsq(own[~test], signs[~test], rcond=None)[0]
                for own in inputs
            ]
            areas = [auc(label[test] == 1, each) for each in scores]
            gains.append(areas[0] - areas[1])
    return gains


def dealt_anew(draw, fold, label):
    """The folds of other patients, class by class."""
    anew = fold.copy()
    for number in np.unique(label):
        rows = np.flatnonzero(label == number)
        anew[rows] = fold[draw.permutation(rows)]
    return anew


REPEATED = (  # figure, patients, classes, folds that figures are means over
    ("auc", 50, 2, 1),
    ("auc", 50, 2, 5),
    ("accuracy", 50, 2, 1),
    ("brier", 50, 2, 1),
    ("brier", 50, 2, 5),
)


def repeats(cohorts, count=5):
    print(
        "| figure | patients | classes | means over folds | method | called different "
        "| coverage | width | width of one repeat | no interval |"
    )
    print("|---" * 10 + "|")
    for name, number, classes, parts in REPEATED:
        draw = np.random.default_rng(0)
        gap = gap_of(name, classes)
        aggregate = "pooled" if parts == 1 else "mean"
        results = []
        for _ in range(cohorts):
            cohort = Cohort(number, classes, draw, deal="free")
            deals = [in_folds(draw, cohort, parts) for _ in range(count)]
            models = [
                [dataclasses.replace(cohort.model(signal), fold=f) for f in deals]
                for signal in (EQUAL, EQUAL, WORSE, BETTER)
            ]
            equal = inference_of(models[0], models[1], name, aggregate)
            differ = inference_of(models[2], models[3], name, aggregate)
            once = inference_of(models[2][:1], models[3][:1], name, aggregate)
            results.append(
                (
                    equal.p is not None and equal.p < 0.05,
                    covers(differ, -gap),
                    width_of(differ),
                    width_of(once),
                    differ.low is None,
                )
            )
        shares = " | ".join(f"{share:.3f}" for share in np.nanmean(results, axis=0))
        folds_of = parts if parts > 1 else "-"
        cells = f"{name} | {number} | {classes} | {folds_of} | {differ.method}"
        print(f"| {cells} | {shares} |", flush=True)


def inference_of(mine, other, name, aggregate):
    """That of the rows of a comparison, without the bootstrap beside it."""
    objective = figure_of(name, mine[0]).objective
    sides = over_repeats.pair(mine, other, objective, aggregate)
    if isinstance(objective.form(mine[0].kind), Areas):
        return area_difference.inference(*sides, "delong", 0.95)
    both = contributions.difference(*sides)
    found = spread(both)
    if found.reason:
        return Inference(method="t", reason=found.reason)
    return of_spread("t", both.value, found, 0.95)


def width_of(inference):
    return np.nan if inference.low is None else inference.high - inference.low


def in_folds(draw, cohort, parts):
    """A deal of the cohort's patients, class by class."""
    fold = np.zeros(len(cohort.label), int)
    for number in np.unique(cohort.label):
        rows = np.flatnonzero(cohort.label == number)
        fold[draw.permutation(rows)] = np.arange(len(rows)) % parts
    return tuple(map(str, fold))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    tables = {"patients": patients, "areas": areas}
    tables |= {"proportions": proportions, "folds": folds, "repeats": repeats}
    parser.add_argument("table", choices=tables)
    parser.add_argument("--cohorts", type=int, default=1000, help="simulated a row")
    options = parser.parse_args()
    start = time.process_time()
    tables[options.table](options.cohorts)
    print(f"\n{time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
