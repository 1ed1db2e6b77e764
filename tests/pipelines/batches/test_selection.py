import pytest

from pipelines.batches.selection import channel_indices, shards_of
from pipelines.errors import DataError, UsageError
from tests.pipelines.records.small import data_set, task


def test_the_groups_of_a_role_are_found(tmp_path):
    counts = {("fold", str(n)): 2 for n in range(3)}
    data = data_set(tmp_path, task(kind="folds", folds=3), counts)
    groups = {
        role: {shard.group for shard in shards_of(data, role, "2")}
        for role in ("train", "validation", "test")
    }
    assert groups == {
        "train": {"fold-1"},
        "validation": {"fold-0"},
        "test": {"fold-2"},
    }


def test_a_role_without_samples_is_an_error(tmp_path):
    data = data_set(tmp_path, task(), {("train", ""): 2})
    with pytest.raises(DataError, match="no sample for test; its groups are train"):
        shards_of(data, "test", None)


def test_without_unlabelled_samples_the_error_says_how_to_get_some(tmp_path):
    data = data_set(tmp_path, task(), {("train", ""): 2})
    with pytest.raises(DataError, match="for unlabelled.*missing_label = 'keep'"):
        shards_of(data, "unlabelled", None)


def test_unlabelled_samples_play_no_other_role(tmp_path):
    counts = {("fold", str(n)): 2 for n in range(3)} | {("unlabelled", ""): 2}
    data = data_set(tmp_path, task(kind="folds", folds=3), counts)
    for role in ("train", "validation", "test"):
        assert "unlabelled" not in {one.group for one in shards_of(data, role, "0")}
    assert {one.group for one in shards_of(data, "unlabelled", "0")} == {"unlabelled"}


def test_channels_by_name():
    assert channel_indices(task(), ()) == (0, 1)
    assert channel_indices(task(), ("T2", "T1")) == (1, 0)


@pytest.mark.parametrize("channels", [("T3",), ("T1", "T1")])
def test_an_unknown_or_double_channel_is_refused(channels):
    with pytest.raises(UsageError, match="has the channels T1, T2, .*Received: T"):
        channel_indices(task(), channels)
