"""How often the sets of folds hold the right class when they vote, by simulation.

Studies have two classes, and a score each of every network: what the networks see
alike, which has a share `alike` of the variance, and what each sees alone. A fold's
thresholds are those of `zoo.evaluation.rejection.conformal` on a validation part of its
own; a new study's set holds what is in half of the folds' sets or more
(`zoo.evaluation.last_stage.class_sets.merged`). Coverage is of the rarer class, a third
of the studies; sizes are of all. Beside the vote stands what one fold's sets do.

    python benchmarks/set_votes.py
"""

import argparse
from statistics import NormalDist

import numpy as np

from pipelines.terminal.table import align
from zoo.evaluation.last_stage import class_sets

_FOLDS = (2, 5, 10)
_APART = (1.5, 4.0)  # mean difference of the classes' scores, in standard deviations
_ALIKE = (0.0, 0.5, 0.9)
_PER_FOLD = 60  # validation studies, of which 20 are of the rarer class
_NEW = 200


def probabilities(
    labels: np.ndarray,
    networks: int,
    apart: float,
    alike: float,
    draw: np.random.Generator,
) -> np.ndarray:
    """What each network says of each study, `[networks, N, 2]`; too extreme.

    Args:
        labels: 0 or 1, `[N]`.
        apart: how far the classes' mean scores are, in standard deviations.
        alike: share of the variance that the networks have in common.
    """
    common = draw.normal(size=len(labels)) * alike**0.5
    alone = draw.normal(size=(networks, len(labels))) * (1 - alike) ** 0.5
    logits = 3 * (common + alone + apart * (labels - 0.5))
    second = 1 / (1 + np.exp(-logits))
    return np.stack([1 - second, second], axis=-1)


def trial(
    folds: int, apart: float, alike: float, level: float, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The labels of new studies `[N]`, the sets by vote and of one fold `[N, 2]`."""
    calibration = (np.arange(_PER_FOLD) % 3 == 0).astype(int)
    new = (np.arange(_NEW) % 3 == 0).astype(int)
    said, each = probabilities(new, folds, apart, alike, draw), []
    for network in range(folds):
        own = probabilities(calibration, folds, apart, alike, draw)[network]
        each.append(class_sets.fit(own, calibration, level).of(said[network]))
    return new, class_sets.merged(each, [1.0] * folds), each[0]


def row(
    folds: int, apart: float, alike: float, level: float, trials: int, seed: int
) -> list[str]:
    """A line of the table."""
    draw = np.random.default_rng((seed, folds, int(100 * apart), int(100 * alike)))
    covered, sizes, empty = [], [], []
    for _ in range(trials):
        labels, *both = trial(folds, apart, alike, level, draw)
        covered.append([inside[labels == 1, 1].mean() for inside in both])
        sizes.append([inside.sum(axis=1).mean() for inside in both])
        empty.append([(~inside.any(axis=1)).mean() for inside in both])
    numbers = [np.mean(values, axis=0) for values in (covered, sizes, empty)]
    bound = 1 - folds * (1 - level) / (folds // 2 + 1)
    return [
        str(folds),
        f"{NormalDist().cdf(apart / 2**0.5):.3f}",
        f"{alike:g}",
        f"{bound:.3f}",
        *(f"{vote:.3f} ({one:.3f})" for vote, one in numbers),
    ]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", type=float, default=0.9)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = [["folds", "AUC", "alike", "at least"]]
    rows[0] += ["coverage", "classes a set", "empty sets"]
    rows += [
        row(folds, apart, alike, options.level, options.trials, options.seed)
        for folds in _FOLDS
        for apart in _APART
        for alike in _ALIKE
    ]
    print(align(rows))
    print("by vote (by one fold's network)")


if __name__ == "__main__":
    main()
