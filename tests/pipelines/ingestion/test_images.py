"""Slices as samples that are dealt one by one, marked as leaking."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from pipelines import ingest
from pipelines.errors import UsageError
from pipelines.ingestion import ingest_cohort, worker_pool
from pipelines.ingestion.check import check
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.storage import config_files
from pipelines.tasks.by_image import of_images
from tests.pipelines.ingestion.test_masks import masked, task  # noqa: F401


def records_of(data):
    parse = parser(data.task, require_target=True)
    found = {}
    for shard in data.shards:
        for record in shards.read(data.shard_path(shard)):
            parsed = parse(record)
            found[parsed["sample_id"].numpy().decode()] = parsed
    return found


@pytest.fixture
def both(masked, request_of, task, tmp_path):  # noqa: F811
    """The same cohort dealt by patient and by image."""
    options = {"task": task, "masks": masked / "masks.csv"}
    by_patient = ingest_cohort.ingest(
        request_of(masked, out=tmp_path / "patients", **options)
    )
    by_image = ingest_cohort.ingest(
        request_of(masked, out=tmp_path / "images", split_by="image", **options)
    )
    return by_patient, by_image


def test_each_slice_is_a_record_where_it_lies_in_the_body(both, task):  # noqa: F811
    whole, images = (open_dataset(result.path) for result in both)
    assert (whole.split_by, images.split_by) == ("patient", "image")
    assert images.task == of_images(task)
    assert images.task.spec != whole.task.spec
    rows = read_manifest(images)
    assert len(rows) == 4 * len(read_manifest(whole)) == 40
    assert len({row.patient_id for row in rows}) == 40
    assert set(Counter(row.study_id for row in rows).values()) == {4}
    studies = {
        record["study_id"].numpy(): record for record in records_of(whole).values()
    }
    places = Counter()
    for record in records_of(images).values():
        study = studies[record["study_id"].numpy()]
        assert record["volume"].shape == (1, 16, 16, 1)
        at = np.linalg.inv(study["affine"].numpy()) @ record["affine"].numpy()[:, 3]
        place = round(float(at[0]))
        places[place] += 1
        np.testing.assert_allclose(
            record["volume"][0], study["volume"][place], atol=0.1
        )
    assert places == {0: 10, 1: 10, 2: 10, 3: 10}


def test_slices_of_a_study_are_in_several_splits(both):
    by_patient, by_image = both
    splits = {}
    for row in read_manifest(open_dataset(by_image.path)):
        splits.setdefault(row.study_id, set()).add(row.split)
    assert any(len(names) > 1 for names in splits.values())
    assert by_image.included.startswith("SPLIT BY IMAGE: slices of the same patients")
    assert "SPLIT BY IMAGE" not in by_patient.included
    assert "split_by" not in json.loads(
        (by_patient.path / "dataset.json").read_text("utf-8")
    )


def test_a_run_that_was_interrupted_goes_on(
    masked,  # noqa: F811
    request_of,
    task,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    options = {"task": task, "masks": masked / "masks.csv", "split_by": "image"}
    whole = ingest_cohort.ingest(
        request_of(masked, out=tmp_path / "whole", **options)
    ).path
    request = request_of(masked, **options)
    assert check(request).feasible
    calls = []

    def stops_at_the_fourth(work_item, task, folder):
        calls.append(work_item)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return work(work_item, task, folder)

    work = worker_pool.work
    monkeypatch.setattr(worker_pool, "work", stops_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        ingest_cohort.ingest(request)
    assert not request.out.exists()
    result = ingest_cohort.ingest(request)
    assert len(calls) == 4 + 7  # 3 of 10 studies were whole and are not made again
    assert open_dataset(result.path).digest == open_dataset(whole).digest


def test_what_images_are_not_dealt_of(
    masked,  # noqa: F811
    request_of,
    task,  # noqa: F811
    small_task,
    tmp_path,
):
    with pytest.raises(UsageError, match="cuts none .steps.roi_slices"):
        request_of(masked, task=small_task, split_by="image")
    by_site = replace(task, split=replace(task.split, kind="site"))
    options = {"masks": masked / "masks.csv", "split_by": "image"}
    with pytest.raises(UsageError, match="goes with split.kind fractions, folds"):
        request_of(masked, task=by_site, **options)
    with pytest.raises(UsageError, match="deals all images anew"):
        request_of(masked, task=task, extend=tmp_path, **options)


def test_the_command_says_that_it_leaks(masked, task, tmp_path, capsys):  # noqa: F811
    (tmp_path / "task.toml").write_text(config_files.to_toml(task), encoding="utf-8")
    argv = ["--dicom", masked / "dicom", "--labels", masked / "labels.csv"]
    argv += ["--masks", masked / "masks.csv", "--task", tmp_path / "task.toml"]
    argv += ["--key", tmp_path / "k", "--out", tmp_path / "o", "--split-by", "image"]
    assert ingest.main([*map(str, argv), "--workers", "1"]) == 0
    assert capsys.readouterr().out.startswith("SPLIT BY IMAGE: ")
