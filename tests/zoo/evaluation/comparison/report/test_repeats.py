import dataclasses
import shutil

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_rel

from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.comparison.report.tables import compared_sources, sources
from tests.zoo.evaluation.repeated import dealt, repeated, repeats_of
from zoo.evaluation.comparison import figures_of_merit
from zoo.evaluation.comparison.contributions import parts_of
from zoo.evaluation.comparison.report.places import place
from zoo.evaluation.comparison.report.sources import opened
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.predictions.predictions import take


def source(name, repeats, **options):
    first, *others = sources(*repeats, **options)
    return dataclasses.replace(first, name=name, further=tuple(others))


def compared(mine, other, **options):
    both = [source("other", other), source("mine", mine)]
    return compared_sources(both, **options)


def right(repeats):
    """The share of the repeats in which each patient's call is right."""
    calls = [decide(each.probabilities) == each.label for each in repeats]
    return np.mean(calls, axis=0)


def auc_of_parts(repeats):
    figure = figures_of_merit.named("auc", repeats[0]).objective
    return np.array(
        [[figure.of(part) for part in parts_of(each, "mean")] for each in repeats]
    )


MINE, OTHER = repeats_of(1, count=3), repeats_of(2, count=3, noise=2.0)


def test_accuracy_is_the_t_test_of_averaged_calls_and_not_mcnemars():
    (row,) = compared(MINE, OTHER, figures=["accuracy"]).rows
    wanted = ttest_rel(right(MINE), right(OTHER))
    assert (row.inference.method, row.discordance) == ("t", None)
    assert row.inference.p == pytest.approx(wanted.pvalue)
    ends = wanted.confidence_interval(0.95)
    assert (row.inference.low, row.inference.high) == pytest.approx(
        (ends.low, ends.high)
    )


@pytest.mark.parametrize(
    ("figure", "method"), [("auc", "delong"), ("brier", "t"), ("kappa", "bootstrap")]
)
def test_a_difference_is_that_of_the_means_over_repeats(figure, method):
    (row,) = compared(MINE, OTHER, figures=[figure]).rows
    objective = row.figure.objective
    means = [np.mean([objective.of(r) for r in each]) for each in (MINE, OTHER)]
    assert (row.value, row.reference_value) == pytest.approx(tuple(means))
    assert row.inference.method == method
    assert row.inference.low < row.difference < row.inference.high


def test_repeats_take_luck_out_and_make_no_patients():
    (once,) = compared(MINE[:1], OTHER[:1], figures=["brier"]).rows
    (thrice,) = compared([MINE[0]] * 3, [OTHER[0]] * 3, figures=["brier"]).rows
    (all_three,) = compared(MINE, OTHER, figures=["brier"]).rows
    width, same, fewer = (
        row.inference.high - row.inference.low for row in (once, thrice, all_three)
    )
    assert same == pytest.approx(width)
    assert 0 < fewer < width


def test_a_repeated_one_beside_one_that_was_dealt_once():
    found = compared(MINE, OTHER[:1], figures=["accuracy"])
    (row,) = found.rows
    assert row.inference.p == pytest.approx(
        ttest_rel(right(MINE), right(OTHER[:1])).pvalue
    )


def test_means_over_folds_are_over_those_of_all_repeats():
    (row,) = compared(MINE, OTHER, figures=["auc"], aggregate="mean").rows
    assert row.value == pytest.approx(auc_of_parts(MINE).mean())
    assert row.inference.low < row.difference < row.inference.high


def test_over_folds_it_is_nadeau_and_bengios_t_of_all_of_them():
    _, row = compared(MINE, OTHER, by_fold=True).rows
    gains = (auc_of_parts(MINE) - auc_of_parts(OTHER)).ravel()
    error = np.sqrt((1 / 9 + 8 / 16) * np.var(gains, ddof=1))
    assert row.folds == 9
    assert row.difference == pytest.approx(gains.mean())
    assert row.inference.p == pytest.approx(
        2 * student.sf(abs(gains.mean()) / error, 8)
    )


def test_the_patients_who_trained_are_counted_in_every_repeat():
    known = [
        source(name, each, training={f: 12 for f in "012"})
        for name, each in (("other", OTHER), ("mine", MINE))
    ]
    _, row = compared_sources(known, by_fold=True).rows
    gains = (auc_of_parts(MINE) - auc_of_parts(OTHER)).ravel()
    error = np.sqrt((1 / 9 + 8 / 12) * np.var(gains, ddof=1))
    width = row.inference.high - row.inference.low
    assert width == pytest.approx(2 * student.ppf(0.975, 8) * error)


def test_folds_of_other_names_are_the_same_if_they_test_the_same():
    letters = dict(zip("012", "bca"))
    renamed = [
        dataclasses.replace(r, fold=tuple(letters[f] for f in r.fold)) for r in OTHER
    ]
    _, wanted = compared(MINE, OTHER, by_fold=True).rows
    _, found = compared(MINE, renamed, by_fold=True).rows
    assert found.inference.p == pytest.approx(wanted.inference.p)


def test_other_deals_and_other_counts_of_repeats_are_refused_there():
    turned = [*OTHER[:2], dealt(OTHER[2], 3, 99)]
    with pytest.raises(
        DataError, match="different folds in repeat-2: of 3 and 3 folds"
    ):
        compared(MINE, turned, by_fold=True)
    with pytest.raises(DataError, match="not repeated alike.* Received: 3 and 2 times"):
        compared(MINE, OTHER[:2], by_fold=True)


def read(*texts, **options):
    return opened([place(str(text)) for text in texts], **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("repeated") / "heart"
    return repeated(path, repeats_of(1), baseline=7)


def test_the_directory_of_all_repeats(folder):
    (found,) = read(folder)
    assert found.name == "heart"
    assert found.what == (
        "repeated cross-validation, test, parts of the folds (3), the mean of 2 repeats"
    )
    for mine, wanted in zip(found.repeats, repeats_of(1), strict=True):
        rows = [wanted.sample_id.index(name) for name in mine.predictions.sample_id]
        same = take(wanted, rows)
        assert mine.predictions.fold == same.fold
        assert np.allclose(mine.predictions.probabilities, same.probabilities)
        assert mine.training == {f: 8 for f in "012"}
        assert mine.predictions.sample_id == found.predictions.sample_id


def test_its_baseline_in_every_repeat(folder):
    network, baseline = read(folder, f"{folder}:baseline")
    assert baseline.name == "heart:baseline"
    assert len(baseline.repeats) == len(network.repeats) == 2
    assert baseline.what.startswith("repeated covariate baseline of a cross-valid")


def test_patients_set_aside_are_judged_by_one_of_them(folder):
    with pytest.raises(UsageError, match="first of its repeats: .*repeat-0:holdout"):
        place(f"{folder}:holdout")


def test_a_repeat_that_is_not_done_is_named(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(copy / "repeat-1")
    with pytest.raises(DataError, match="1 of 2 repeats .*: repeat-1. Go on with"):
        read(copy)


def test_repeats_of_other_patients_are_refused(tmp_path):
    first, second = repeats_of(1)
    path = repeated(tmp_path / "heart", [first, take(second, range(20))])
    with pytest.raises(DataError, match="heart: the repeats did not judge the same"):
        read(path)
