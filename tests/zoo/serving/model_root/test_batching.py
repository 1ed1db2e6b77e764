import pytest

from pipelines.errors import DataError
from zoo.serving import text_protos
from zoo.serving.model_root import batching, folder

GOOD = "max_batch_size { value: 4 }\nallowed_batch_sizes: 1\nallowed_batch_sizes: 4\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "batching.config").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_what_ships_pads_nothing(tmp_path):
    folder.fill(tmp_path)
    path = tmp_path / "batching.config"
    parameters = text_protos.read(path, "BatchingParameters")
    assert not parameters.pad_variable_length_inputs
    assert parameters.max_batch_size.value == 8
    assert batching.allowed_sizes(tmp_path) == (1, 2, 4, 8)


def test_allowed_sizes(root):
    assert batching.allowed_sizes(root) == (1, 4)


def test_one_where_none_are_said(tmp_path):
    assert batching.allowed_sizes(tmp_path) == (1,)
    (tmp_path / "batching.config").write_text(
        "max_batch_size { value: 4 }", encoding="utf-8"
    )
    assert batching.allowed_sizes(tmp_path) == (1,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "nosuch: 3", "batching.config is no readable .*4:1 .*nosuch"),
        (GOOD + "allowed_batch_sizes: 2", r"rise from 1. Received: \(1, 4, 2\)"),
        ("allowed_batch_sizes: 0", r"rise from 1. Received: \(0,\)"),
        (GOOD + "allowed_batch_sizes: 8", "is max_batch_size. Received: 8 and 4"),
    ],
)
def test_a_broken_file(text, message, root):
    (root / "batching.config").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        batching.allowed_sizes(root)
