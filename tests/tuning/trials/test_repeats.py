"""Names of folds that are dealt several times."""

import pytest

from tuning.trials import repeats


@pytest.mark.parametrize("count", [1, 2, 11])
def test_names_tell_repeat_and_fold(count):
    folds = ("0", "1", "2")
    names = repeats.names(folds, count)
    assert len(set(names)) == 3 * count
    parted = [repeats.parted(name, count) for name in names]
    assert parted == [(repeat, fold) for repeat in range(count) for fold in folds]


def test_what_is_dealt_once_keeps_its_names():
    assert repeats.names(("site-a", ""), 1) == ("site-a", "")
    assert repeats.parted("site-a", 1) == (0, "site-a")


def test_folds_are_grouped_by_repeat_and_the_last_may_be_begun():
    assert repeats.grouped([0, 1, 2, 3, 4], 2) == [[0, 1], [2, 3], [4]]
    assert repeats.grouped((), 3) == []
