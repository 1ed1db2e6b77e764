"""Cohorts of which a version of format 1 made data sets, ingested by this one."""

from dataclasses import replace

import pytest

from pipelines.errors import DataError
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.privacy.linkage_file import read
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from tests.fixtures.format_1 import cohort

KINDS = pytest.mark.parametrize("kind", [*cohort.SPLITS])


@pytest.fixture
def key(tmp_path):
    return cohort.private(tmp_path / "private")


def ingested(tmp_path, key, kind, *, patients, seed=3, **more):
    """The data set, and what its manifest says of each sample but where it lies.

    Hashes of channels came later: they are left out as well.
    """
    source = cohort.write(tmp_path / "source", patients=patients)
    out, task = tmp_path / "again", cohort.task(kind, seed=seed)
    ingest(cohort.request(source, key, out, task, **more))
    return open_dataset(out), rows_of(out)


def rows_of(path):
    rows = read_manifest(open_dataset(path))
    later = {"shard": "", "checksum": "", "channel_hashes": ()}
    moved = [replace(row, **later) for row in rows]
    return {row.sample_id: row for row in moved}


@KINDS
def test_ingested_again_everybody_has_the_same_name_and_split(kind, key, tmp_path):
    again, rows = ingested(tmp_path, key, kind, patients=cohort.FIRST)
    before = open_dataset(cohort.FOLDER / "datasets" / kind)
    assert rows == rows_of(before.path)
    assert (again.format, before.format) == (3, 1)
    assert again.key_fingerprint == before.key_fingerprint
    assert again.task.spec == before.task.spec
    assert again.counts == before.counts


@KINDS
def test_a_data_set_of_before_is_extended(kind, key, tmp_path):
    before = cohort.FOLDER / "datasets" / kind
    # With another seed, which would deal them otherwise if they were not recognised.
    more = {"patients": cohort.ALL, "seed": 4, "extend": before}
    _, rows = ingested(tmp_path, key, kind, **more)
    old = rows_of(before)
    assert len(rows) == cohort.ALL and rows.keys() > old.keys()
    kept = {name: (rows[name].split, rows[name].fold) for name in old}
    assert kept == {name: (row.split, row.fold) for name, row in old.items()}


def test_the_linkage_file_of_before_grows(key, tmp_path):
    path = key.with_name("linkage.csv")
    before = read(path)
    ingested(tmp_path, key, "fractions", patients=cohort.ALL)
    after = read(path)
    assert after.keys() > before.keys()
    assert {name: after[name] for name in before} == before
    of_patients = [link for link in after.values() if link.kind == "patient"]
    assert len(of_patients) == cohort.ALL
    assert path.read_text(encoding="utf-8").count("\n") == 1 + len(after)


def test_a_damaged_linkage_file_is_refused_before_anything_is_read(key, tmp_path):
    path = key.with_name("linkage.csv")
    content = path.read_text(encoding="utf-8").replace("Phantom-007", "Phantom-7", 1)
    path.write_text(content, encoding="utf-8")
    source = tmp_path / "source"
    source.mkdir()
    for name in ("volumes.csv", "labels.csv"):
        (source / name).touch()
    with pytest.raises(DataError, match=r"linkage\.csv, line \d+: p\w{16} is no pseu"):
        ingest(cohort.request(source, key, tmp_path / "out", cohort.task("site")))
    assert path.read_text(encoding="utf-8") == content
    assert not (tmp_path / "out").exists()


def test_a_linkage_file_that_was_moved_away_is_made_anew(key, tmp_path):
    path = key.with_name("linkage.csv")
    before = read(path)
    path.unlink()
    ingested(tmp_path, key, "fractions", patients=cohort.FIRST)
    assert read(path) == before
