import dataclasses
import json
import re

import pytest

from pipelines.errors import DataError
from pipelines.records import directory as dataset_directory
from pipelines.records import manifest
from pipelines.records.data_set import Count, read_manifest
from pipelines.records.directory import open_dataset
from pipelines.storage import remote
from tests.pipelines.records.small import data_set, task

LETTERED = r"\bp([0-9a-f]{16})\b"


def edit(directory, **changes):
    path = directory / "dataset.json"
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes),
        encoding="utf-8",
    )


def test_what_was_written_is_opened(tmp_path):
    written = data_set(tmp_path, task(covariates=("age",)))
    opened = open_dataset(tmp_path)
    assert opened == written
    assert opened.task == task(covariates=("age",))
    assert opened.groups == ("test", "train", "validation")
    assert opened.counts["train"] == Count(
        samples=7, patients=7, classes={"no": 4, "yes": 3}
    )
    assert len(read_manifest(opened)) == 12


def test_the_file_names_classes_versions_and_no_path(tmp_path):
    data_set(tmp_path, task())
    fields = json.loads((tmp_path / "dataset.json").read_text(encoding="utf-8"))
    assert fields["classes"] == ["no", "yes"]
    assert fields["spec"] == task().spec
    assert fields["versions"]["tensorflow"]
    assert str(tmp_path) not in (tmp_path / "dataset.json").read_text(encoding="utf-8")
    assert "path" not in fields


def test_flow_and_fingerprint_are_kept(tmp_path):
    flow = {"found": 5, "excluded": {"too few slices": 2}}
    dataset_directory.write(
        tmp_path, task=task(), shards=(), rows=(), key_fingerprint="ab", flow=flow
    )
    opened = open_dataset(tmp_path)
    assert (opened.flow, opened.key_fingerprint) == (flow, "ab")


def test_the_digest_follows_the_content(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    first, second = (data_set(tmp_path / name, task()) for name in ("a", "b"))
    other = data_set(tmp_path / "c", task(), {("train", ""): 6})
    assert first.digest == second.digest != other.digest
    assert len(first.digest) == 64


def test_no_data_set(tmp_path):
    with pytest.raises(DataError, match=r"holds no dataset\.json.*pipelines\.ingest"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("text, match", [("{", "is no JSON"), ("[]", "holds no data")])
def test_a_file_that_is_no_data_set(tmp_path, text, match):
    (tmp_path / "dataset.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=match):
        open_dataset(tmp_path)


def test_what_is_written_is_of_format_3(tmp_path):
    data_set(tmp_path, task())
    assert (
        json.loads((tmp_path / "dataset.json").read_text(encoding="utf-8"))["format"]
        == 3
    )


@pytest.mark.parametrize("hashes", [(), ("01-23", "45-67")], ids=["without", "with"])
def test_format_2_with_and_without_the_columns_of_format_3(tmp_path, hashes):
    written = data_set(tmp_path, task())
    rows = tuple(
        dataclasses.replace(row, channel_hashes=hashes)
        for row in read_manifest(written)
    )
    text = manifest.to_csv(rows, written.task)
    assert ("hash:T1" in text) == bool(hashes)
    (tmp_path / "manifest.csv").write_text(text, encoding="utf-8")
    digest = remote.sha256(str(tmp_path / "manifest.csv"))
    edit(tmp_path, format=2, manifest_sha256=digest)
    opened = open_dataset(tmp_path)
    assert (opened.format, read_manifest(opened)) == (2, rows)


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        (4, "Update this package"),
        (0, "Copy the data set again"),
        (None, "Copy the data set again"),
        (True, "Copy the data set again"),
        ("2", "Copy the data set again"),
    ],
)
def test_another_format(tmp_path, written, cure):
    data_set(tmp_path, task())
    edit(tmp_path, format=written)
    message = f"of format {written!r}; this version reads formats 1 to 3. {cure}"
    with pytest.raises(DataError, match=message):
        open_dataset(tmp_path)


def without_letters(directory):
    """Makes of a data set one of format 1, but for the ids in the records."""
    for path in directory.glob("*.tfrecord"):
        path.rename(directory / re.sub(LETTERED, r"\1", path.name))
    for name in ("dataset.json", "manifest.csv"):
        path = directory / name
        path.write_text(
            re.sub(LETTERED, r"\1", path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    digest = remote.sha256(str(directory / "manifest.csv"))
    edit(directory, format=1, manifest_sha256=digest)


def test_a_data_set_of_format_1_says_what_one_of_today_says(tmp_path):
    sites = ("p00000000000000aa", "p1234567890123456")
    counts = {
        (split, site): 2 for site in sites for split in ("site", "site_validation")
    }
    written = data_set(tmp_path, task(kind="site"), counts)
    rows = read_manifest(written)
    without_letters(tmp_path)
    opened = open_dataset(tmp_path)
    assert opened.format == 1
    assert (opened.groups, opened.counts) == (written.groups, written.counts)
    assert {shard.name.count("-p") for shard in opened.shards} == {0}
    moved = [dataclasses.replace(row, shard="") for row in read_manifest(opened)]
    assert moved == [dataclasses.replace(row, shard="") for row in rows]


@pytest.mark.parametrize("change", [{"classes": ["yes", "no"]}, {"spec": "0"}])
def test_a_file_that_contradicts_itself(tmp_path, change):
    data_set(tmp_path, task())
    edit(tmp_path, **change)
    with pytest.raises(DataError, match="contradicts itself"):
        open_dataset(tmp_path)


def test_an_unknown_key(tmp_path):
    data_set(tmp_path, task())
    edit(tmp_path, colour="red")
    with pytest.raises(DataError, match="colour"):
        open_dataset(tmp_path)


def test_a_missing_shard(tmp_path):
    shard = data_set(tmp_path, task()).shards[0]
    (tmp_path / shard.name).unlink()
    with pytest.raises(DataError, match=f"lacks the shard {shard.name}.*ingest again"):
        open_dataset(tmp_path)


def test_a_cut_shard(tmp_path):
    shard = data_set(tmp_path, task()).shards[0]
    content = (tmp_path / shard.name).read_bytes()
    (tmp_path / shard.name).write_bytes(content[:-1])
    with pytest.raises(DataError, match=f"{shard.name}.* instead of {shard.bytes}"):
        open_dataset(tmp_path)


def test_a_missing_manifest(tmp_path):
    data = data_set(tmp_path, task())
    (tmp_path / "manifest.csv").unlink()
    with pytest.raises(DataError, match=r"lacks manifest\.csv"):
        read_manifest(data)


def test_multilabel_counts_positives(tmp_path):
    target = dataclasses.replace(
        task().target, kind="multilabel", columns=("no", "yes")
    )
    several = dataclasses.replace(task(), target=target)
    row = {"sample_id": "a", "study_id": "b", "split": "train", "shard": "s"}
    row |= {"position": 0, "checksum": "", "volume_hash": "", "clipped": (0, 0)}
    rows = [
        dataset_directory.Row(**row, patient_id=patient, target=values)
        for patient, values in (("p", (1.0, 1.0)), ("p", (0.0, 1.0)), ("q", ()))
    ]
    data = dataset_directory.write(tmp_path, task=several, shards=(), rows=rows)
    assert data.counts["train"] == Count(
        samples=3, patients=2, classes={"no": 1, "yes": 2}
    )
