"""Every kind of target is stored, whether or not anything learns it yet."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pipelines.batches.dataset import eval_batches
from pipelines.batches.settings import BatchSettings
from pipelines.ingestion import ingest_cohort
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.tasks.target import Target

MULTILABEL = Target(kind="multilabel", columns=("a", "b"), classes=("a", "b"))
ORDINAL = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1", "F2"))
REGRESSION = Target(kind="regression", columns=("kpa", "fat"))


@pytest.mark.parametrize(
    ("target", "cells"),
    [
        (MULTILABEL, ["0,0", "1,1", "1,0", "0,1", "1,1"] * 2),
        (ORDINAL, ["F0", "F1", "F2", "F0", "F1"] * 2),
        (REGRESSION, [f"{n / 4},-{n}" for n in range(10)]),
        (MULTILABEL, ["0,", ",1", "1,0", "0,1", "1,1"] * 2),
    ],
)
def test_targets_are_stored(phantom, request_of, small_task, tmp_path, target, cells):
    result = ingest_cohort.ingest(
        wanted(phantom, request_of, small_task, tmp_path, target, cells)
    )
    rows = read_manifest(open_dataset(result.path))
    found = sorted(map(str, (row.target for row in rows)))
    assert found == sorted(str(numbers(target, line)) for line in cells)


def numbers(target, line):
    if target.kind == "ordinal":
        return (float(target.classes.index(line)),)
    return tuple(float(cell or "nan") + 0.0 for cell in line.split(","))


def wanted(phantom, request_of, small_task, tmp_path, target, cells):
    """The request with a label file of these cells, in the order of the patients."""
    ids = [
        line.split(",")[0]
        for line in (phantom / "labels.csv")
        .read_text(encoding="utf-8")
        .splitlines()[1:]
    ]
    lines = [",".join(("patient_id", *target.columns))]
    lines += [f"{one},{line}" for one, line in zip(ids, cells, strict=True)]
    labels = tmp_path / "targets.csv"
    labels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    task = replace(small_task, target=target)
    return request_of(phantom, task=task, labels=labels)


def test_a_patient_who_is_alone_without_any_label(
    phantom, request_of, small_task, tmp_path
):
    cells = ["1,1", "1,1", "0,0"] + ["0,1"] * 7
    request = wanted(phantom, request_of, small_task, tmp_path, MULTILABEL, cells)
    assert ingest_cohort.ingest(request).flow.included == 10


def test_a_class_with_one_patient_alone_but_many_in_all(
    phantom, request_of, small_task, tmp_path
):
    # Of the seven patients with b, six have the rarer a too.
    cells = ["1,1"] * 6 + ["0,1"] + ["0,0"] * 3
    request = wanted(phantom, request_of, small_task, tmp_path, MULTILABEL, cells)
    assert ingest_cohort.ingest(request).flow.included == 10


def test_further_targets_are_stored_behind_the_main_one(
    phantom, request_of, small_task, tmp_path
):
    further = (
        replace(REGRESSION, name="numbers"),
        replace(ORDINAL, name="stage"),
    )
    task = replace(small_task, further_targets=further)
    ids = [
        line.split(",")[0]
        for line in (phantom / "labels.csv")
        .read_text(encoding="utf-8")
        .splitlines()[1:]
    ]
    stages = ["F0", "F1", "F2", "", "F0"] * 2
    lines = ["patient_id,label,kpa,fat,stage"] + [
        f"{one},{task.target.classes[i % 2]},{i},,{stages[i]}"
        for i, one in enumerate(ids)
    ]
    labels = tmp_path / "targets.csv"
    labels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = open_dataset(
        ingest_cohort.ingest(request_of(phantom, task=task, labels=labels)).path
    )
    found = {row.target[1]: row.target for row in read_manifest(data)}
    assert [found[i][0] for i in range(10)] == [0, 1] * 5
    assert all(math.isnan(found[i][2]) for i in range(10))
    assert [str(found[i][3]) for i in range(5)] == ["0.0", "1.0", "2.0", "nan", "0.0"]
    settings = BatchSettings(normalisation="none", batch_size=2)
    batch = next(iter(eval_batches(data, settings, split="train")))
    assert batch["target"].shape == (2, 4)
    for target in batch["target"].numpy():
        np.testing.assert_array_equal(target, found[int(target[1])])
