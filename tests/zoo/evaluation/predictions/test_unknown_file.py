import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import strangers
from zoo.evaluation.predictions import unknown_file

NAMES, HELD_OUT = ("well", "ill"), ("blurred",)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "unknown.csv"


def test_what_is_written_is_read(path):
    written = strangers(4, samples_each=2)
    unknown_file.write(path, written)
    read = unknown_file.read(path, NAMES, HELD_OUT)
    for name in ("sample_id", "patient_id", "split", "fold", "unknown_class", "names"):
        assert getattr(read, name) == getattr(written, name)
    for word, array in written.outputs.items():
        np.testing.assert_allclose(read.outputs[word], array, rtol=1e-8)
    assert len(read) == 8 and read.probabilities.shape == (8, 2)


def test_a_file_without_a_row(path):
    everyone = strangers(4)
    unknown_file.write(path, unknown_file.of_split(everyone, "validation"))
    read = unknown_file.read(path, NAMES, HELD_OUT)
    assert len(read) == 0 and read.probabilities.shape == (0, 2)


def test_one_split():
    parts = unknown_file.of_split(strangers(4), "test")
    assert len(parts) == 4
    assert len(unknown_file.of_split(parts, "train")) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("prob:ill", "prob:dead", "should have the columns .*prob:ill"),
        (",blurred,", ",sharp,", "unknown_class is one of blurred. Received: 'sharp'"),
        (",test,", ",tests,", "split is one of train, validation, test"),
        ("blurred-test-sample0001", "blurred-test-sample0000", "stands once"),
        ("0.5", "half", "half"),
        ("0.5", "nan", "is a number"),
        (",blurred,", ",blurred,,", "10 cells where the header has 9"),
    ],
)
def test_a_damaged_file(path, old, new, message):
    written = strangers(3)
    halves = {word: np.full((3, 2), 0.5) for word in written.outputs}
    unknown_file.write(path, dataclasses.replace(written, outputs=halves))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        unknown_file.read(path, NAMES, HELD_OUT)


def test_shapes_that_do_not_fit():
    written = strangers(3)
    with pytest.raises(DataError, match="logit wants the shape .3, 2.. Received"):
        dataclasses.replace(
            written, outputs={**written.outputs, "logit": np.zeros((3, 1))}
        )
