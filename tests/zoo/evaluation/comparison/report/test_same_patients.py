import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.comparison.models import other_model, pair, relabelled
from tests.zoo.evaluation.comparison.report.tables import sources
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.comparison.report.same_patients import joined
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.predictions.predictions import take
from zoo.targets.ordinal import ORDINAL


def test_by_patient_in_one_order():
    first, second = pair(20, samples_each=2)
    shuffled = take(second, np.random.default_rng(0).permutation(40))
    same = joined(sources(first, shuffled))
    assert same.level == "patient"
    a, b = (source.predictions for source in same.sources)
    assert a.sample_id == b.sample_id == a.patient_id
    assert np.allclose(b.probabilities, by_patient(second).probabilities)


def test_other_samples_of_the_same_patients_are_compared_by_patient():
    """As of networks of two sequences."""
    first, second = pair(20, samples_each=2)
    renamed = tuple(f"t2-{name}" for name in second.sample_id)
    second = dataclasses.replace(second, sample_id=renamed)
    assert len(joined(sources(first, second)).sources[1].predictions) == 20
    with pytest.raises(DataError, match="no sample is in all sources"):
        joined(sources(first, second), level="sample")


def test_patients_of_one_alone_are_refused_with_counts_and_the_cure():
    first, second = pair(30)
    with pytest.raises(
        DataError, match="2 of 30 in a, 0 of 28 in b. Add --common to compare on the 28"
    ):
        joined(sources(first, take(second, range(28))))


def test_common_leaves_them_out_and_counts_them():
    first, second = pair(30)
    third = other_model(first, 5)
    same = joined(
        sources(first, take(second, range(28)), take(third, range(5, 30))), common=True
    )
    assert same.left_out == {"a": 7, "b": 5, "c": 2}
    ids = {source.predictions.sample_id for source in same.sources}
    assert len(ids) == 1 and len(ids.pop()) == 23


def test_none_in_common_is_an_error():
    with pytest.raises(DataError, match="no patient is in all sources.*a 10, b 10"):
        joined(sources(cohort(10), cohort(10, name="other")), common=True)


def test_mixed_patients_are_compared_by_sample_and_that_is_said():
    first, _ = pair(10, samples_each=3)
    mixed = relabelled(first, 0)
    models = sources(mixed, other_model(mixed, 1))
    same = joined(models)
    assert same.level == "sample"
    assert "patient(s) of a have samples of different classes" in same.note
    with pytest.raises(DataError, match="a: .* patient\\(s\\) have samples of diff"):
        joined(models, level="patient")


def test_another_truth_names_both():
    first, second = pair()
    changed = dataclasses.replace(second, truth=1 - second.truth)
    with pytest.raises(DataError, match="a and b: .*different truths"):
        joined(sources(first, changed))


def test_classes_in_another_order_are_the_same():
    first, second = pair(12, ("x", "y", "z"))
    order = [2, 0, 1]
    place = np.argsort(order)
    turned = dataclasses.replace(
        second,
        names=tuple(second.names[i] for i in order),
        truth=place[second.label][:, None].astype(float),
        outputs={word: array[:, order] for word, array in second.outputs.items()},
    )
    same = joined(sources(first, turned)).sources[1].predictions
    assert same.names == first.names
    assert np.allclose(same.probabilities, by_patient(second).probabilities)


def test_grades_and_classes_of_the_same_names_can_be_compared():
    first, second = pair(12, ("F0", "F1", "F2"), kind=ORDINAL)
    plain = dataclasses.replace(second, kind=cohort(2).kind)
    assert joined(sources(first, plain)).sources[1].predictions.kind is ORDINAL


@pytest.mark.parametrize("other", [cohort(30, ("a", "b")), labelled(30)])
def test_another_target_is_an_error(other):
    with pytest.raises(DataError, match="b: only predictions of one target"):
        joined(sources(cohort(30), other))
