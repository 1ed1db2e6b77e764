import numpy as np
import pytest
import tensorflow as tf

from pipelines.covariates.encode import encode
from pipelines.covariates.encoding import NO_COVARIATES, Covariate, Encoding

COLUMNS = ("psa", "age", "sex")
ENCODING = Encoding(
    covariates=(
        Covariate(name="sex", levels=("F", "M", "X")),
        Covariate(name="age", mean=60, deviation=10),
    )
)
NAN = float("nan")
VALUES = np.array([[9, 75, 1], [NAN, NAN, 0], [1, 60, NAN]], np.float32)
NUMBERS = np.array([[0, 1, 0, 0, 1.5, 0], [1, 0, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0]])


def test_values_levels_and_flags():
    found = encode(tf.constant(VALUES), ENCODING, COLUMNS)
    np.testing.assert_array_equal(found, NUMBERS)


def test_one_sample_at_a_time_in_a_data_set():
    mapped = tf.data.Dataset.from_tensor_slices(VALUES).map(
        lambda one: encode(one, ENCODING, COLUMNS)
    )
    assert mapped.element_spec.shape == (len(ENCODING.names),)
    np.testing.assert_array_equal(list(mapped.as_numpy_iterator()), NUMBERS)


@pytest.mark.parametrize("columns", [(), COLUMNS])
def test_none_wanted(columns):
    values = tf.zeros([2, len(columns)])
    assert encode(values, NO_COVARIATES, columns).shape == (2, 0)
