"""Classes that are held out of a data set: rows, counts, records."""

import dataclasses
import math

import numpy as np
import pytest

from pipelines.errors import UsageError
from pipelines.records import data_set, decode, held_out_classes
from pipelines.records.encode import encode
from pipelines.tasks.target import Target
from tests.pipelines.records import small

THREE = Target(classes=("a", "b", "c"))
GRADE = Target(kind="ordinal", columns=("x",), classes=("0", "1"), name="grade")
COUNTS = {("train", ""): 7, ("validation", ""): 3, ("test", ""): 2}


def in_turn(number):
    """Class 0, 1, 2, 0, ...; of every fifth it is not known."""
    return (math.nan if number % 5 == 4 else float(number % 3), float(number % 2))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    task = dataclasses.replace(small.task(), target=THREE, further_targets=(GRADE,))
    folder = tmp_path_factory.mktemp("data")
    return small.data_set(folder, task, COUNTS, target_of=in_turn)


@pytest.fixture(scope="module")
def reduced(data):
    return held_out_classes.without(data, ("b",))


def test_none_held_out_is_the_same_data_set(data):
    assert held_out_classes.without(data, None) is data
    assert held_out_classes.rows(data) == ()
    assert held_out_classes.class_of_samples(data) == {}
    assert data_set.read_manifest(data) == data_set.read_stated_manifest(data)


def test_the_task_knows_fewer_classes_of_the_same_records(data, reduced):
    target = reduced.task.target
    assert target.classes == reduced.classes == ("a", "c")
    assert target.held_out_classes == ("b",)
    assert reduced.task.spec == data.task.spec
    assert reduced.digest == data.digest
    assert held_out_classes.without(reduced, ("b",)) == reduced


def test_rows_have_the_index_among_the_known(reduced):
    numbers = {
        small.seed_of(row.sample_id): row.target
        for row in data_set.read_manifest(reduced)
    }
    assert sorted(numbers) == [0, 2, 3, 4, 5, 6, 8, 9, 11]
    assert [numbers[n][0] for n in (0, 2, 3, 5, 6, 8, 11)] == [0, 1, 0, 1, 0, 1, 1]
    assert math.isnan(numbers[4][0])  # not known to be of any class, so none held out
    assert [numbers[n][1] for n in (3, 4)] == [1, 0]


def test_counts_are_of_the_known(reduced):
    assert reduced.counts["train"] == data_set.Count(
        samples=6, patients=6, classes={"a": 3, "c": 2}
    )
    assert reduced.counts["validation"] == data_set.Count(
        samples=2, patients=2, classes={"a": 0, "c": 1}
    )


def test_a_group_of_unknown_classes_alone_is_empty(tmp_path):
    task = dataclasses.replace(small.task(), target=THREE)
    data = small.data_set(
        tmp_path, task, target_of=lambda n: (1.0 if n >= 10 else 2.0 * (n % 2),)
    )
    reduced = held_out_classes.without(data, ("b",))
    assert reduced.counts["test"] == data_set.Count(
        samples=0, patients=0, classes={"a": 0, "c": 0}
    )


def test_the_class_of_what_is_held_out(reduced):
    named = held_out_classes.class_of_samples(reduced)
    assert {small.seed_of(sample): name for sample, name in named.items()} == {
        1: "b",
        7: "b",
        10: "b",
    }


@pytest.mark.parametrize(
    ("target", "names", "message"),
    [
        (THREE, ("d",), "some of the data set's classes a, b, c.* Received: d"),
        (THREE, ("a", "a"), "each named once. Received: a, a"),
        (THREE, ("a", "b"), "leaves c of a, b, c. Hold out fewer"),
        (THREE, ("a", "b", "c"), "leaves none of a, b, c"),
        (
            Target(kind="ordinal", classes=("0", "1", "2")),
            ("1",),
            "a grade between grades.*kind 'ordinal', and 1",
        ),
        (Target(kind="regression", columns=("x",)), ("x",), "kind 'regression'"),
        (
            Target(kind="multilabel", columns=("x", "y"), classes=("x", "y")),
            ("x",),
            "kind 'multilabel'",
        ),
    ],
)
def test_what_can_not_be_held_out(target, names, message):
    with pytest.raises(UsageError, match=message):
        held_out_classes.of_target(target, names)


def test_records_are_read_with_the_index_among_the_known(data, reduced):
    wanted = {
        (0.0, 1.0): ([0.0, 1.0], False),
        (1.0, 1.0): ([math.nan, 1.0], True),
        (2.0, 0.0): ([1.0, 0.0], False),
        (math.nan, 1.0): ([math.nan, 1.0], False),
    }
    target_of = decode.target_parser(reduced.task)
    parse = decode.parser(reduced.task, require_target=True)
    is_held_out = decode.held_out(reduced.task)
    for stated, (known, held_out) in wanted.items():
        record = encode(small.sample(target=stated), data.task).record
        np.testing.assert_array_equal(target_of(record), known)
        np.testing.assert_array_equal(parse(record)["target"], known)
        assert bool(is_held_out(record)) == held_out
        np.testing.assert_array_equal(
            decode.target_parser(data.task)(record), np.float32(stated)
        )


def test_several_held_out_keep_the_order_of_the_rest(data):
    four = dataclasses.replace(
        data.task, target=Target(classes=("a", "b", "c", "d")), further_targets=()
    )
    task = held_out_classes.of_task(four, ("c", "a"))
    assert task.target.classes == ("b", "d")
    parse = decode.target_parser(task)
    read = [
        float(parse(encode(small.sample(target=(float(i),)), four).record)[0])
        for i in range(4)
    ]
    np.testing.assert_array_equal(read, [math.nan, 0, math.nan, 1])


def test_a_record_without_a_target_is_not_held_out(data, reduced):
    record = encode(small.sample(target=None), data.task).record
    assert not bool(decode.held_out(reduced.task)(record))
    parsed = decode.parser(reduced.task, require_target=False)(record)
    assert np.isnan(parsed["target"]).all()
