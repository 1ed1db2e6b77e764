import numpy as np

from zoo.evaluation.calibration.bins import reliability_bins


def test_equal_scores_share_a_bin_in_any_order():
    stated = np.full(60, 0.4)
    (rows,) = reliability_bins(stated)
    assert sorted(rows) == list(range(60))


def test_no_score_stands_in_two_bins():
    generator = np.random.default_rng(0)
    for decimals in (1, 2, 8):
        stated = np.round(generator.beta(0.5, 2, 200), decimals)
        bins = reliability_bins(stated)
        assert sorted(np.concatenate(bins)) == list(range(200))
        scores = [set(stated[rows]) for rows in bins]
        assert len(set.union(*scores)) == sum(map(len, scores))
        ends = [(min(score), max(score)) for score in scores]
        assert all(high < low for (_, high), (low, _) in zip(ends, ends[1:]))
        turned = reliability_bins(stated[::-1])
        assert [len(rows) for rows in turned] == [len(rows) for rows in bins]


def test_different_scores_give_bins_of_equal_numbers():
    sizes = [len(rows) for rows in reliability_bins(np.linspace(0, 1, 200))]
    assert sizes == [20] * 10
    assert len(reliability_bins(np.linspace(0, 1, 35))) == 3
    assert reliability_bins(np.array([])) == []
