"""How right `zoo.compare --gains` is on simulated models: its p and its intervals.

    python benchmarks/comparing_gains.py [--cohorts 400]

As `comparing.py patients` beside this, of differences of two gains: of equal ones the
share called different at .05, of ones that differ the coverage of 95 % intervals, of
the default method and of the bootstrap. The table is in docs/comparison.md.
"""

import argparse
import time

import numpy as np
from comparing import BETTER, RESAMPLES, WORSE, covers, figure_of, gap_of
from comparison import Cohort

from zoo.evaluation.comparison.report import rows
from zoo.evaluation.comparison.report.row import Question
from zoo.evaluation.comparison.report.same_patients import SamePatients
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.results.settings import Settings

GAINS = (  # figure, patients, classes, samples each
    ("auc", 30, 2, 1),
    ("auc", 50, 2, 1),
    ("auc", 200, 2, 1),
    ("auc", 50, 5, 1),
    ("auc", 50, 2, 4),
    ("accuracy", 50, 2, 1),
    ("accuracy", 200, 2, 1),
    ("brier", 50, 2, 1),
    ("kappa", 50, 2, 1),
)


def gains(cohorts):
    """A line of the table for each design."""
    print(
        "| figure | patients | classes | samples each | method | called different | "
        "coverage | coverage of the bootstrap | no interval |"
    )
    print("|---" * 9 + "|")
    for name, count, classes, samples in GAINS:
        draw = np.random.default_rng(0)
        results = []
        for _ in range(cohorts):
            cohort = Cohort(count, classes, draw, samples=samples, deal="free")
            bases = [cohort.model(WORSE) for _ in range(2)]
            tuned = [cohort.model(BETTER) for _ in range(2)]
            equal = gain_row(name, bases[0], tuned[0], bases[1], tuned[1])
            # The second gains nothing.
            differ = gain_row(name, bases[0], tuned[0], bases[1], cohort.model(WORSE))
            gap = gap_of(name, classes)
            results.append(
                (
                    equal.inference.p is not None and equal.inference.p < 0.05,
                    covers(differ.inference, gap),
                    covers(differ.bootstrap, gap),
                    differ.inference.low is None,
                )
            )
        shares = " | ".join(f"{share:.3f}" for share in np.nanmean(results, axis=0))
        method = differ.inference.method
        cells = f"{name} | {count} | {classes} | {samples} | {method}"
        print(f"| {cells} | {shares} |", flush=True)


def gain_row(figure, *models):
    """The one row of two gains: base and tuned of one model, and of another."""
    names = "abcd"
    sources = tuple(
        Source(name=title, what="", predictions=predictions)
        for title, predictions in zip(names, models, strict=True)
    )
    question = Question(
        gains=rows.gains_of(names),
        figures=[figure_of(figure, models[0])],
        settings=Settings(bootstrap=RESAMPLES),
    )
    same = SamePatients(sources=sources, level="sample", left_out={})
    (row,) = rows.of(same, question)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cohorts", type=int, default=400, help="simulated a row")
    options = parser.parse_args()
    start = time.process_time()
    gains(options.cohorts)
    print(f"\n{time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
