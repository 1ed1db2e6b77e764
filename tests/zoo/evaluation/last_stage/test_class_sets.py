import numpy as np
import pytest

from pipelines.errors import UsageError
from zoo.evaluation.last_stage import class_sets
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.rejection import conformal

WELL = np.array([0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1])
ILL = np.array([0.2, 0.9, 0.7])


def validation():
    """Ten samples that are well, three that are ill."""
    first = np.concatenate([WELL, 1 - ILL])
    return np.stack([first, 1 - first], axis=1), np.repeat([0, 1], [10, 3])


def test_thresholds_by_hand():
    """Rank 9 of 11 * .8 = 8.8 of the first class, 4 of 4 * .8 = 3.2 of the second."""
    made = class_sets.fit(*validation(), level=0.8)
    assert made == ClassSets(level=0.8, lowest=(float(np.float32(0.3)), 0.0))
    inside = made.of(np.array([[0.31, 0.69], [0.29, 0.71]]))
    assert inside.tolist() == [[True, True], [False, True]]
    made = class_sets.fit(*validation(), level=0.7)  # ranks 8 of 7.7, and 3 of 2.8
    assert made.lowest == pytest.approx((0.4, 0.2), abs=1e-7)
    assert made.of(np.array([[0.3, 0.15]])).tolist() == [[False, False]]


def test_a_sample_that_gave_the_threshold_is_in_its_set_when_it_is_predicted_anew():
    """A table has nine digits of it, which as float64 is another number."""
    of_network = np.float32(1) / np.arange(2, 40, dtype=np.float32)
    for value in of_network:
        in_table = float(f"{value:.9g}")
        made = class_sets.fit(
            np.array([[1 - in_table, in_table]]), np.array([1]), level=0.4
        )
        assert made.lowest[1] == value
        assert made.of(np.array([[1 - value, value]], np.float32))[0, 1]


@pytest.mark.parametrize("level", [0.05, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
def test_the_samples_that_are_needed_are_the_fewest_that_give_a_threshold(level):
    needed = conformal.samples_needed(level)
    for number, is_any in ((needed - 1, False), (needed, True)):
        shares = np.full((number, 1), 0.25)
        labels = np.zeros(number, int)
        (lowest,) = conformal.thresholds(shares, labels, level)
        assert (lowest > 0) == is_any


def test_half_of_the_weight_is_enough():
    yes, no = np.ones((1, 2), bool), np.zeros((1, 2), bool)
    mixed = np.array([[True, False]])

    def merged(*each, weights=None):
        return class_sets.merged(each, weights or [1.0] * len(each)).tolist()

    assert merged(yes, mixed, no) == [[True, False]]
    assert merged(yes, no) == [[True, True]]
    assert merged(yes, no, no) == [[False, False]]
    assert merged(mixed, no, weights=[1.0, 3.0]) == [[False, False]]
    assert merged(mixed, no, weights=[3.0, 3.0]) == [[True, False]]
    assert merged(*[yes] * 6, *[no] * 6) == [[True, True]]


def test_each_network_covers_at_its_level_and_so_does_the_vote():
    """Exchangeable samples; the networks are alike in half of their variance."""
    draw, level, folds = np.random.default_rng(0), 0.8, 5
    hits = []

    def said(labels):
        common = draw.normal(size=len(labels))
        alone = draw.normal(size=(folds, len(labels)))
        ill = 1 / (1 + np.exp(-3 * ((common + alone) / 2**0.5 + labels - 0.5)))
        return np.stack([1 - ill, ill], axis=-1)

    for _ in range(300):
        labels, new = np.arange(60) % 2, np.arange(80) % 2
        shares, each = said(new), []
        for fold in range(folds):
            made = class_sets.fit(said(labels)[fold], labels, level)
            each.append(made.of(shares[fold]))
        rows = np.arange(len(new)), new
        vote = class_sets.merged(each, [1.0] * folds)
        hits.append([each[0][rows].mean(), vote[rows].mean()])
    of_one, of_vote = np.mean(hits, axis=0)
    assert of_one == pytest.approx(25 / 31, abs=0.012)  # rank 25 of 30 + 1
    assert of_vote > max(1 - 5 * 0.2 / 3, 0.82)


def test_what_is_no_set():
    with pytest.raises(UsageError, match="a coverage is between 0 and 1"):
        ClassSets(level=1.0, lowest=(0.5, 0.5))
    with pytest.raises(ValueError, match="thresholds are probabilities"):
        ClassSets(level=0.9, lowest=(0.5, 1.5))
