import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.predictions.same import same
from zoo.evaluation.predictions.predictions import join, of_split, take


def test_shapes_are_checked():
    with pytest.raises(DataError, match=r"logit wants the shape \(30, 2\)"):
        found = cohort(30)
        outputs = {**found.outputs, "logit": np.zeros((30, 3))}
        dataclasses.replace(found, outputs=outputs)


def test_labels_are_indices():
    with pytest.raises(DataError, match="from 0 to 1. Received: 0 to 2"):
        given([0, 2], [0.5, 0.5])


def test_joining_other_classes():
    with pytest.raises(DataError, match="other classes or .* can't be joined"):
        join([cohort(4), cohort(4, ("ill", "well"), name="x")])


def test_joined_parts_are_taken_apart_again():
    parts = [labelled(5, split=split) for split in ("train", "test")]
    joined = join(parts)
    same(of_split(joined, "test"), parts[1])
    with pytest.raises(DataError, match="other columns can't be joined"):
        join([labelled(5), labelled(5, ("a",), split="train")])
    with pytest.raises(DataError, match="a sample stands once"):
        join([labelled(5), labelled(5)])


def test_shapes_that_do_not_fit():
    with pytest.raises(DataError, match=r"truth wants the shape .5, 3.. Received: "):
        dataclasses.replace(labelled(5), truth=np.zeros((5, 2)))


def test_rows_are_taken_in_the_order_asked_for():
    found = given([0, 1, 1], [0.25, 0.5, 0.75])
    taken = take(found, [2, 0])
    assert taken.sample_id == ("s2", "s0")
    assert taken.label.tolist() == [1, 0]
    np.testing.assert_array_equal(taken.probabilities[:, 1], [0.75, 0.25])
