"""Data sets that the last version of format 1 wrote."""

import json

import pytest

import pipelines
from pipelines import command, inspect
from pipelines.pseudonyms import is_pseudonym, without_letter
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify
from tests.fixtures.format_1.cohort import FIRST, FOLDER, SPLITS, task

IDS = ("sample_id", "study_id", "patient_id", "site")
DATA_SETS = FOLDER / "datasets"
KINDS = pytest.mark.parametrize("kind", [*SPLITS])


@KINDS
def test_it_is_opened_and_whole(kind):
    data = open_dataset(DATA_SETS / kind)
    stated = json.loads((DATA_SETS / kind / "dataset.json").read_text(encoding="utf-8"))
    assert (data.format, data.digest) == (1, stated["digest"])
    assert data.task == task(kind)
    assert verify(data) == []


@KINDS
def test_every_id_is_written_as_today(kind):
    rows = read_manifest(open_dataset(DATA_SETS / kind))
    ids = {getattr(row, name) for row in rows for name in IDS}
    assert len(rows) == FIRST
    assert all(map(is_pseudonym, ids))
    content = (DATA_SETS / kind / "manifest.csv").read_text(encoding="utf-8")
    assert all(without_letter(name) in content for name in ids)
    assert not any(name in content for name in ids)


def test_groups_bear_the_names_that_sites_have_today():
    data = open_dataset(DATA_SETS / "site")
    rows = read_manifest(data)
    assert {shard.group for shard in data.shards} == {*data.groups} == {*data.counts}
    assert {*data.groups} == {row.group for row in rows}
    assert {row.fold for row in rows} == {row.site for row in rows}
    assert {(shard.name, shard.group) for shard in data.shards} == {
        (row.shard, row.group) for row in rows
    }


@KINDS
def test_records_and_manifest_name_the_same_samples(kind):
    data = open_dataset(DATA_SETS / kind)
    rows = read_manifest(data)
    fold = rows[0].fold or None
    batches = [
        batch
        for split in ("train", "validation", "test")
        for batch in pipelines.read_batches(data, split, batch_size=4, fold=fold)
    ]
    for name in ("sample_id", "study_id", "patient_id"):
        read = {one.decode() for batch in batches for one in batch[name].numpy()}
        assert read == {getattr(row, name) for row in rows}


def test_a_site_may_be_named_as_before():
    data = open_dataset(DATA_SETS / "site")
    site = read_manifest(data)[0].fold
    old, new = (
        [
            batch["sample_id"].numpy().tolist()
            for batch in pipelines.read_batches(data, "test", batch_size=4, fold=name)
        ]
        for name in (without_letter(site), site)
    )
    assert old == new


@KINDS
def test_the_command_verifies_and_describes_it(kind, capsys):
    argv = [str(DATA_SETS / kind), "--verify", "--json"]
    assert command.run(inspect.main, argv) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["format"], summary["samples"], summary["patients"]) == (1, 18, 18)
    assert all(map(is_pseudonym, summary["facts"]["site"]))
