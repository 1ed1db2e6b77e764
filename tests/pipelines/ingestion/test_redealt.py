"""The data set that a search works on: whose records are in it, and where."""

import dataclasses
import functools
import http.server
import math
import shutil
import threading
from collections import Counter
from types import SimpleNamespace

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.ingestion import redealt
from pipelines.ingestion.redealt import redeal
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify
from pipelines.splits.roles import roles
from pipelines.storage.lock import hold
from tests.pipelines.records import small
from tests.pipelines.storage.test_remote import RangeHandler, needs_tensorflow_io

OFFICIAL = {("train", ""): 10, ("validation", ""): 6, ("test", ""): 8}
FOLDS = {("fold", "0"): 6, ("fold", "1"): 6, ("fold", "2"): 6, ("train", ""): 2}
HELD = FOLDS | {("holdout", ""): 6}
SITES = {
    ("site", "p00000000000000aa"): 8,
    ("site_validation", "p00000000000000aa"): 2,
    ("site", "p00000000000000bb"): 6,
    ("site_validation", "p00000000000000bb"): 2,
}
KINDS = {
    "fractions": (OFFICIAL, {}),
    "official": (OFFICIAL, {}),
    "folds": (FOLDS, {"folds": 3}),
    "folds with a hold-out": (HELD, {"folds": 3, "holdout": 0.2}),
    "site": (SITES, {}),
}


def made(tmp_path, kind="official", counts=None, target_of=small.by_turns, **task):
    numbers, split = KINDS[kind]
    task = small.task(kind=kind.split()[0], **split, **task)
    directory = tmp_path / "before"
    directory.mkdir()
    return small.data_set(directory, task, counts or numbers, target_of=target_of)


def records(data):
    """By sample_id, and where it is."""
    read = {
        shard.name: list(shards.read(data.shard_path(shard), gzip=data.task.steps.gzip))
        for shard in data.shards
    }
    return {row.sample_id: read[row.shard][row.position] for row in read_manifest(data)}


def content(data):
    """All bytes of the directory, one after the other, unpacked."""
    return b"".join(records(data).values())


def groups(data):
    return Counter(row.group for row in read_manifest(data))


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_but_the_test_patients_is_there_byte_for_byte(tmp_path, kind):
    data = made(tmp_path, kind)
    dealt = redeal(data, tmp_path / "after", folds=3, seed=0)
    hidden = {"test", "holdout"}
    seen = {row.sample_id for row in read_manifest(data) if row.group not in hidden}
    before = records(data)
    assert records(dealt) == {name: before[name] for name in seen}
    assert verify(dealt) == []


@pytest.mark.parametrize("kind", ["official", "folds with a hold-out"])
@pytest.mark.parametrize("gzip", [False, True])
def test_no_byte_of_a_test_patient_is_in_a_search(tmp_path, kind, gzip):
    data = made(tmp_path, kind, gzip=gzip)
    dealt = redeal(data, tmp_path / "after", folds=3, seed=0)
    hidden = [row for row in read_manifest(data) if row.group in ("test", "holdout")]
    assert len(hidden) >= 6
    everything = content(dealt) + b"".join(
        path.read_bytes() for path in (tmp_path / "after").iterdir()
    )
    theirs = records(data)
    for row in hidden:
        assert theirs[row.sample_id] not in everything
        assert row.sample_id.encode() not in everything
        assert row.patient_id.encode() not in everything


def test_a_fold_left_out_is_not_there(tmp_path):
    data = made(tmp_path, "folds")
    dealt = redeal(data, tmp_path / "after", folds=2, seed=0, leave_out="1")
    theirs = {row.patient_id for row in read_manifest(data) if row.group == "fold-1"}
    assert not theirs & {row.patient_id for row in read_manifest(dealt)}
    assert sum(groups(dealt).values()) == 14


def test_a_site_left_out_is_not_there(tmp_path):
    data = made(tmp_path, "site")
    dealt = redeal(
        data, tmp_path / "after", folds=2, seed=0, leave_out="00000000000000aa"
    )
    theirs = {row.sample_id for row in read_manifest(data) if row.fold.endswith("bb")}
    assert {row.sample_id for row in read_manifest(dealt)} == theirs


def test_each_fold_validates_while_the_others_train_and_nobody_is_tested(tmp_path):
    dealt = redeal(made(tmp_path), tmp_path / "after", folds=2, seed=0)
    played = roles(dealt.groups, dealt.task.split, "1")
    assert played == {"fold-0": "train", "fold-1": "validation"}


def test_folds_may_be_each_others_test_sets(tmp_path):
    data = redeal(made(tmp_path), tmp_path / "after", folds=4, seed=0, kind="folds")
    given = roles(data.groups, data.task.split, "3")
    assert given == {
        "fold-0": "validation",
        "fold-1": "train",
        "fold-2": "train",
        "fold-3": "test",
    }
    assert sum(count.patients for count in data.counts.values()) == 16


def test_folds_have_as_many_of_each_class(tmp_path):
    dealt = redeal(made(tmp_path), tmp_path / "after", folds=4, seed=0)
    assert {count.classes["yes"] for count in dealt.counts.values()} == {2}
    assert {count.samples for count in dealt.counts.values()} == {4}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    data = made(tmp_path)
    one = redeal(data, tmp_path / "one", folds=3, seed=5)
    two = redeal(data, tmp_path / "two", folds=3, seed=5)
    other = redeal(data, tmp_path / "other", folds=3, seed=6)
    assert one.digest == two.digest != other.digest


def test_what_a_record_means_stays(tmp_path):
    data = made(tmp_path, covariates=("age",))
    data = dataclasses.replace(data, key_fingerprint="ab12")
    dealt = redeal(data, tmp_path / "after", folds=3, seed=0)
    assert dealt.task.spec == data.task.spec
    assert dealt.key_fingerprint == "ab12"
    assert dealt == open_dataset(tmp_path / "after")
    before = {row.sample_id: row for row in read_manifest(data)}
    for row in read_manifest(dealt):
        old = before[row.sample_id]
        same = {"split": old.split, "fold": old.fold}
        same |= {"shard": old.shard, "position": old.position}
        assert dataclasses.replace(row, **same) == old


@needs_tensorflow_io
def test_a_remote_data_set_is_dealt_onto_the_disk(tmp_path):
    made(tmp_path)
    here = redeal(open_dataset(tmp_path / "before"), tmp_path / "1", folds=3, seed=0)
    handler = functools.partial(RangeHandler, directory=str(tmp_path / "before"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        remote = open_dataset(f"http://127.0.0.1:{server.server_port}")
        there = redeal(remote, tmp_path / "2", folds=3, seed=0)
        server.shutdown()
        thread.join()
    assert there.digest == here.digest and verify(there) == []


def test_who_always_trains_still_does(tmp_path):
    data = made(tmp_path, "folds")
    dealt = redeal(data, tmp_path / "after", folds=3, seed=0)
    ids = [
        {row.sample_id for row in read_manifest(one) if row.group == "train"}
        for one in (data, dealt)
    ]
    assert ids[0] == ids[1] and len(ids[0]) == 2


def test_patients_without_a_label_stay_without_a_fold(tmp_path):
    counts = OFFICIAL | {("unlabelled", ""): 5}
    data = made(
        tmp_path,
        counts=counts,
        target_of=lambda n: (math.nan,) if n >= 24 else small.by_turns(n),
    )
    dealt = redeal(data, tmp_path / "after", folds=2, seed=0)
    assert groups(dealt) == {"fold-0": 8, "fold-1": 8, "unlabelled": 5}
    assert roles(dealt.groups, dealt.task.split, "0")["unlabelled"] == "unlabelled"


def test_dealt_folds_are_dealt_again(tmp_path):
    outer = redeal(made(tmp_path), tmp_path / "outer", folds=4, seed=0)
    inner = redeal(outer, tmp_path / "inner", folds=3, seed=0, leave_out="2")
    left = {row.sample_id for row in read_manifest(outer) if row.fold != "2"}
    assert {row.sample_id for row in read_manifest(inner)} == left


def test_sites_dealt_together_are_spoken_of(tmp_path):
    data = made(tmp_path, "site")
    assert "patients of all 2 sites are dealt together" in redealt.note(data)
    assert redealt.note(data, "p00000000000000aa") == ""


def test_single_folds_are_refused(tmp_path):
    with pytest.raises(UsageError, match="2 folds or more. Received: 1"):
        redeal(made(tmp_path), tmp_path / "after", folds=1, seed=0)


def test_more_folds_than_patients_of_a_class_are_refused(tmp_path):
    data = made(tmp_path, target_of=lambda n: (float(n % 8 == 0),))
    message = "class 'yes' has 2 who may be seen. Choose 2 folds or fewer"
    with pytest.raises(UsageError, match=message):
        redeal(data, tmp_path / "after", folds=3, seed=0)


def test_a_class_of_one_patient_can_not_be_dealt(tmp_path):
    data = made(tmp_path, target_of=lambda n: (float(n in (0, 20)),))
    with pytest.raises(UsageError, match="has 1 who may be seen. Add patients, or me"):
        redeal(data, tmp_path / "after", folds=2, seed=0)


def test_a_disk_without_room_is_refused_before_the_work(tmp_path, monkeypatch):
    data = made(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(DataError, match="copies of the records take .* MB free"):
        redeal(data, tmp_path / "after", folds=3, seed=0)
    assert [path.name for path in tmp_path.iterdir()] == ["before"]


def test_a_data_set_is_never_overwritten(tmp_path):
    with pytest.raises(UsageError, match="before exists. A data set is never over"):
        redeal(made(tmp_path), tmp_path / "before", folds=3, seed=0)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("official", "split by official and has no fold to leave out. Received: '7'"),
        ("folds", "leave out one of 0, 1, 2. Received: '7'"),
    ],
)
def test_a_fold_that_is_not_there_is_not_left_out(tmp_path, kind, message):
    with pytest.raises(UsageError, match=message):
        redeal(made(tmp_path, kind), tmp_path / "after", folds=2, seed=0, leave_out="7")


def test_a_changed_record_is_refused_and_leaves_nothing(tmp_path):
    data = made(tmp_path)
    shard = next(shard for shard in data.shards if shard.group == "validation")
    content = bytearray((tmp_path / "before" / shard.name).read_bytes())
    content[100] ^= 1
    (tmp_path / "before" / shard.name).write_bytes(content)
    with pytest.raises(DataError, match=f"damaged shards: {shard.name}"):
        redeal(data, tmp_path / "after", folds=3, seed=0)
    assert not (tmp_path / "after").exists()


def test_a_record_that_is_not_the_manifests_is_refused(tmp_path):
    data = made(tmp_path)
    text = (tmp_path / "before" / "manifest.csv").read_text(encoding="utf-8")
    checksum = read_manifest(data)[0].checksum
    (tmp_path / "before" / "manifest.csv").write_text(
        text.replace(checksum, "0" * len(checksum)), encoding="utf-8"
    )
    with pytest.raises(DataError, match="is not the one of its manifest.csv"):
        redeal(data, tmp_path / "after", folds=3, seed=0)


def test_one_process_deals(tmp_path):
    data = made(tmp_path)
    held = hold(tmp_path / ".after.lock", subject="after")
    with held, pytest.raises(UsageError, match="another process is making"):
        redeal(data, tmp_path / "after", folds=3, seed=0)


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    data = made(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="after can't be written"):
        redeal(data, tmp_path / "file" / "after", folds=3, seed=0)
