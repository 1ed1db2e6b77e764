"""How often tests of an AUC between subgroups are wrong where nothing differs.

Scores are normal, of one law in all groups; nominal is 5 %. Compared are Cochran's Q of
areas and of their logits, with DeLong's variances (a study in which a group is perfect
has none, and is counted apart), and the permutation test of `zoo.evaluation.subgroups`.

    python benchmarks/heterogeneity.py --studies 1000
"""

import argparse
import itertools
from statistics import NormalDist

import numpy as np

from pipelines.terminal.table import align
from zoo.evaluation.metrics.auc import auc, resampled_auc
from zoo.evaluation.metrics.delong import delong_variance
from zoo.evaluation.subgroups import cochran
from zoo.evaluation.subgroups.permutation import permutation_tests

_AREAS = (0.7, 0.9)
_PER_CLASS = ((5, 5, 5), (10, 10, 10), (20, 20, 20), (10, 20, 60), (40, 40, 40))
_ALPHA = 0.05
_PERMUTATIONS = 199


def study(sizes: tuple[int, ...], area: float, draw: np.random.Generator) -> dict:
    """Which tests reject; none where one has no p. As many of either class a group."""
    apart = NormalDist().inv_cdf(area) * 2**0.5
    group = np.repeat(np.arange(len(sizes)), [2 * size for size in sizes])
    positive = np.concatenate([np.arange(2 * size) % 2 == 1 for size in sizes])
    scores = draw.normal(size=len(group)) + apart * positive
    areas, variances = [], []
    for number in range(len(sizes)):
        rows = group == number
        areas.append(auc(positive[rows], scores[rows]))
        variances.append(delong_variance(positive[rows], scores[rows]))
    permuted = permutation_tests(
        lambda weights: {"auc": resampled_auc(positive, scores, weights)},
        patient=np.arange(len(group)),
        group=group,
        stratum=positive.astype(int),
        permutations=_PERMUTATIONS,
        seed=int(draw.integers(2**31)),
    )["auc"]
    rejected = {"Q": None, "Q, logit": None, "permutation": permuted.p <= _ALPHA}
    if max(areas) < 1 and min(variances) > 0:
        rejected["Q"] = cochran.heterogeneity(areas, variances).p <= _ALPHA
        logits = zip(*map(cochran.logit, areas, variances))
        rejected["Q, logit"] = cochran.heterogeneity(*logits).p <= _ALPHA
    return rejected


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = [["of each class", "AUC", "Q", "Q, logit", "permutation", "no Q"]]
    for sizes, area in itertools.product(_PER_CLASS, _AREAS):
        draw = np.random.default_rng(options.seed)
        studies = [study(sizes, area, draw) for _ in range(options.studies)]
        cells = [", ".join(map(str, sizes)), f"{area:g}"]
        for name in studies[0]:
            known = [one[name] for one in studies if one[name] is not None]
            cells.append(f"{np.mean(known):.3f}")
        missing = np.mean([one["Q"] is None for one in studies])
        rows.append([*cells, f"{missing:.3f}"])
        print(align(rows[-1:]), flush=True)
    print(align(rows))


if __name__ == "__main__":
    main()
