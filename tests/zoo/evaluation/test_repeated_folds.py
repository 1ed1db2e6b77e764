import numpy as np
import pytest
from scipy.stats import ttest_1samp

from pipelines.errors import DataError
from tests.zoo.evaluation.comparison.models import pair
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation import repeated_folds
from zoo.evaluation.comparison.objectives import named
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=400)


def test_a_figure_is_the_mean_over_the_repeats():
    repeats = pair(30)
    figures = repeated_folds.evaluate(repeats, SETTINGS)["figures"]
    for name, objective in (("auc", "val_auc"), ("kappa", "kappa"), ("brier", "brier")):
        values = [named(objective).of(repeat) for repeat in repeats]
        assert figures[name]["repeats"] == pytest.approx(values)
        assert figures[name]["value"] == pytest.approx(np.mean(values))
        assert figures[name]["sd"] == pytest.approx(np.std(values, ddof=1))


def test_of_a_mean_the_interval_is_students_of_each_patients_mean():
    repeats = [numbered(noise=1.0), numbered(noise=2.0), numbered(noise=0.5)]
    result = repeated_folds.evaluate(repeats, Settings(bootstrap=400, confidence=0.9))
    errors = [abs(r.outputs["pred"] - r.truth)[:, 0] for r in repeats]
    wanted = ttest_1samp(np.mean(errors, axis=0), 0).confidence_interval(0.9)
    interval = result["figures"]["val_mae"]["interval"]
    assert interval["method"] == "t"
    assert (interval["low"], interval["high"]) == pytest.approx(
        (wanted.low, wanted.high)
    )


def test_the_same_repeat_thrice_says_no_more_than_once():
    (repeat, _) = pair(40)
    once = repeated_folds.evaluate([repeat], SETTINGS)["figures"]
    thrice = repeated_folds.evaluate([repeat] * 3, SETTINGS)["figures"]
    for name, figure in once.items():
        assert thrice[name]["interval"] == pytest.approx(figure["interval"])
        assert thrice[name]["sd"] == pytest.approx(0, abs=1e-12)


def test_a_figure_without_contributions_has_the_bootstraps_interval():
    repeats = pair(40)
    figure = repeated_folds.evaluate(repeats, SETTINGS)["figures"]["kappa"]
    assert figure["interval"]["method"] == "bootstrap"
    assert figure["interval"]["low"] < figure["value"] < figure["interval"]["high"]


def test_the_order_of_samples_is_of_no_account():
    first, second = pair(20)
    turned = take(second, np.arange(len(second))[::-1])
    straight = repeated_folds.evaluate([first, second], SETTINGS)
    assert repeated_folds.evaluate([first, turned], SETTINGS) == straight


def test_repeats_of_other_samples_are_refused():
    first, second = pair(20)
    with pytest.raises(DataError, match="did not judge the same samples: 1 differ"):
        repeated_folds.evaluate([first, take(second, range(1, len(second)))], SETTINGS)


def test_the_table_shows_every_repeat():
    target = repeated_folds.evaluate(pair(30), SETTINGS)
    result = {
        **{"repeats": 2, "split": "test", "confidence": 0.95},
        "targets": {"": target},
    }
    text = repeated_folds.text(result)
    assert "by patient, 30 patients" in text
    auc = target["figures"]["auc"]
    (line,) = [line for line in text.splitlines() if line.startswith("AUC")]
    for value in (auc["value"], auc["sd"], *auc["repeats"]):
        assert f"{value:.4g}" in line
