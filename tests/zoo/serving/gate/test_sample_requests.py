import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import UsageError
from tests.zoo.serving.gate import models
from zoo.serving.gate import sample_requests, served_graph
from zoo.serving.gate.loading import Answer

RECORDS = (b"first\0", b"second", b"last")
ROWS = models.rows(3)
EXPECTED = {"doubled": 2 * ROWS}


@pytest.fixture(scope="module")
def signatures(tmp_path_factory):
    graph, _ = served_graph.read(models.doubled(tmp_path_factory.mktemp("model")))
    return graph.signatures


def asked(signatures, expected=EXPECTED, **volumes):
    given = sample_requests.samples(RECORDS, volumes, expected)
    return [*sample_requests.of_samples(given, expected, signatures)]


def test_the_first_the_last_and_all_at_once(signatures):
    found = asked(signatures, rows=ROWS)
    assert [one.rows for one in found] == [(0,), (2,), (0, 1, 2)]
    np.testing.assert_array_equal(found[1].request.inputs["rows"], ROWS[2:])
    np.testing.assert_array_equal(found[1].expected["doubled"], 2 * ROWS[2:])


def test_records_and_requests_are_inputs_by_name():
    given = sample_requests.samples(RECORDS, {}, {})
    assert given["examples"].tolist() == list(RECORDS)
    assert given["request"].tolist() == [b""] * 3


def test_samples_may_have_inputs_of_other_names_alone(signatures):
    given = sample_requests.samples((), {"rows": ROWS}, EXPECTED)
    assert {*given} == {"rows", "request"}
    assert given["request"].tolist() == [b""] * 3
    found = [*sample_requests.of_samples(given, EXPECTED, signatures)]
    assert [one.rows for one in found] == [(0,), (2,), (0, 1, 2)]
    assert sample_requests.samples((), {}, {}) == {}


def test_a_signature_that_takes_something_else_is_not_asked(signatures):
    assert asked(signatures) == []
    assert [*sample_requests.of_samples({}, {}, signatures)] == []


def test_samples_of_unequal_numbers():
    with pytest.raises(UsageError, match="equally many. Received: .*'examples': 3"):
        sample_requests.samples(RECORDS, {"rows": ROWS[:2]}, {})


def test_what_is_expected_and_given_by_nobody(signatures):
    expected = EXPECTED | {"label": np.array(["a", "b", "c"])}
    found = asked(signatures, expected, rows=ROWS)
    (refusal,) = sample_requests.never_answered(found, expected)
    assert refusal.problem == "no signature that takes the samples has an output label"


def test_what_is_not_expected_is_held_to_the_largest_batch(signatures):
    found = asked(signatures, {}, rows=ROWS)
    answers = [Answer(outputs={"doubled": np.full((len(x.rows), 3), 7)}) for x in found]
    answers[2] = Answer(outputs={"doubled": 2 * ROWS})
    wanted = sample_requests.wanted(found, answers)
    np.testing.assert_array_equal(wanted[1]["doubled"], 2 * ROWS[2:])


def test_nothing_is_wanted_where_the_largest_batch_failed(signatures):
    found = asked(signatures, {}, rows=ROWS)
    answers = [Answer(outputs={}, error="InternalError: no")] * 3
    assert sample_requests.wanted(found, answers) == [{}, {}, {}]


def test_each_request_has_the_rounding_of_its_samples(signatures):
    warm_up = sample_requests.of_warm_up(asked(signatures, rows=ROWS)[0].request)
    requests = [*asked(signatures, rows=ROWS), warm_up]
    found = sample_requests.roundings(requests, lambda: np.array([1, 2, 3]))
    assert [rounding().tolist() for rounding in found[:-1]] == [[1], [3], [1, 2, 3]]
    assert found[-1] is None
    assert sample_requests.roundings(requests, None) == [None] * 4


def asked_by_numbers(path, *specs):
    path = models.save(path, lambda _, *tensors: {"y": tensors[0]}, *specs)
    graph, _ = served_graph.read(path)
    return [*sample_requests.of_numbers(graph.signatures)]


def test_made_up_numbers_fit_the_kinds_and_sizes(tmp_path):
    first, both = asked_by_numbers(
        tmp_path,
        tf.TensorSpec([None, 3], tf.float64, name="fractions"),
        tf.TensorSpec([None], tf.int64, name="integers"),
        tf.TensorSpec([None, 1], tf.bool, name="switches"),
    )
    assert (first.rows, both.rows) == ((0,), (0, 1))
    given = both.request.inputs
    assert {name: (x.dtype.name, x.shape) for name, x in given.items()} == {
        "fractions": ("float64", (2, 3)),
        "integers": ("int64", (2,)),
        "switches": ("bool", (2, 1)),
    }
    assert 0 <= given["fractions"].min() < given["fractions"].max() < 1
    for name, values in first.request.inputs.items():
        np.testing.assert_array_equal(values, given[name][:1])


@pytest.mark.parametrize(
    "spec",
    [
        tf.TensorSpec([None], tf.string, name="x"),
        tf.TensorSpec([None, None], tf.float32, name="x"),
        tf.TensorSpec([2, 3], tf.float32, name="x"),
        tf.TensorSpec([None, 3], tf.bfloat16, name="x"),
        tf.TensorSpec([None, 3], tf.complex64, name="x"),
    ],
    ids=["texts", "open size", "fixed batch", "half", "complex"],
)
def test_what_numbers_can_not_be_made_up_for(spec, tmp_path):
    assert asked_by_numbers(tmp_path, spec) == []
