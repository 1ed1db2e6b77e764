"""Every kind of target is stored, whether or not anything learns it yet."""

from dataclasses import replace

import pytest

from pipelines.ingestion import run
from pipelines.records.dataset_directory import open_dataset, read_manifest
from pipelines.task import Target

MULTILABEL = Target(kind="multilabel", columns=("a", "b"), classes=("a", "b"))
ORDINAL = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1", "F2"))
REGRESSION = Target(kind="regression", columns=("kpa", "fat"))


@pytest.mark.parametrize(
    ("target", "cells"),
    [
        (MULTILABEL, ["0,0", "1,1", "1,0", "0,1", "1,1"] * 2),
        (ORDINAL, ["F0", "F1", "F2", "F0", "F1"] * 2),
        (REGRESSION, [f"{n / 4},-{n}" for n in range(10)]),
    ],
)
def test_targets_are_stored(phantom, request_of, small_task, tmp_path, target, cells):
    result = run.ingest(
        wanted(phantom, request_of, small_task, tmp_path, target, cells)
    )
    rows = read_manifest(open_dataset(result.path))
    found = sorted(row.target for row in rows)
    assert found == sorted(numbers(target, line) for line in cells)


def numbers(target, line):
    if target.kind == "ordinal":
        return (float(target.classes.index(line)),)
    return tuple(float(cell) for cell in line.split(","))


def wanted(phantom, request_of, small_task, tmp_path, target, cells):
    """The request with a label file of these cells, in the order of the patients."""
    ids = [
        line.split(",")[0]
        for line in (phantom / "labels.csv").read_text().splitlines()[1:]
    ]
    lines = [",".join(("patient_id", *target.columns))]
    lines += [f"{one},{line}" for one, line in zip(ids, cells, strict=True)]
    labels = tmp_path / "targets.csv"
    labels.write_text("\n".join(lines) + "\n")
    task = replace(small_task, target=target)
    return request_of(phantom, task=task, labels=labels)


def test_a_patient_who_is_alone_without_any_label(
    phantom, request_of, small_task, tmp_path
):
    cells = ["1,1", "1,1", "0,0"] + ["0,1"] * 7
    request = wanted(phantom, request_of, small_task, tmp_path, MULTILABEL, cells)
    assert run.ingest(request).flow.included == 10


def test_a_class_with_one_patient_alone_but_many_in_all(
    phantom, request_of, small_task, tmp_path
):
    # Of the seven patients with b, six have the rarer a too.
    cells = ["1,1"] * 6 + ["0,1"] + ["0,0"] * 3
    request = wanted(phantom, request_of, small_task, tmp_path, MULTILABEL, cells)
    assert run.ingest(request).flow.included == 10
