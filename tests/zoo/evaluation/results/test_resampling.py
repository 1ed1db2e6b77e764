import pytest

from tests.zoo.evaluation.cohorts import cohort, given
from zoo.evaluation.results.resampling import from_all, within_classes


def test_patients_are_drawn_within_their_classes():
    resampling = within_classes(cohort(6, samples_each=2))
    assert resampling.stratum.tolist() == [0, 1, 0, 1, 0, 1]
    assert resampling.text() == "patients within classes"


def test_patients_of_several_classes_are_drawn_from_all_alike():
    mixed = given([0, 1, 0, 1], [0.1, 0.7, 0.6, 0.8], patient=["a", "a", "b", "b"])
    resampling = within_classes(mixed)
    assert resampling.stratum.tolist() == [0, 0]
    assert resampling.text() == "patients"


@pytest.mark.parametrize(
    ("resampling", "reason"),
    [
        (within_classes(given([0, 0, 1], [0.1, 0.7, 0.6])), "class ill has only one"),
        (from_all(given([0, 0], [0.1, 0.7], patient="aa")), "there is only one"),
    ],
)
def test_why_nobody_is_drawn_is_said_with_the_interval(resampling, reason):
    interval = resampling.interval(None, 0.95)
    assert interval.reason == resampling.reason == f"{reason} patient"
    assert resampling.text() == f"none: {reason} patient"
