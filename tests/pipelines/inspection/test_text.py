from dataclasses import replace

from pipelines.cohort.inclusion import Flow
from pipelines.inspection.geometry import geometries
from pipelines.inspection.summary import Numbers, Reason, summarise
from pipelines.inspection.text import render
from pipelines.records.data_set import read_manifest
from pipelines.storage import config_files
from tests.pipelines.records.small import data_set, task


def _summary(directory):
    data = data_set(directory, task())
    return summarise(data, read_manifest(data), geometries(data), ())


def test_the_head_says_what_a_record_is(tmp_path):
    text = render(_summary(tmp_path))
    assert "12 samples of 12 patients, one record a study" in text
    assert "each 6 x 5 x 4 voxels, axial, resize; 2 channel(s): T1, T2" in text
    assert "slice 3 to 3 (median 3); row 0.5 to 0.5" in text
    assert "Nothing was left out" in text
    assert "No duplicates" in text


def test_the_table_of_splits_lines_up(tmp_path):
    lines = render(_summary(tmp_path)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("split"))
    assert lines[start].split() == ["split", "samples", "patients", "no", "yes"]
    assert lines[start + 2].split() == ["train", "7", "7", "4", "3"]
    assert len({len(line) for line in lines[start : start + 4]}) == 1


def test_flow_reasons_and_likeness(tmp_path):
    flow = Flow.count(found=14, codes=["missing_label", "plane"])
    text = render(
        replace(
            _summary(tmp_path),
            flow=config_files.plain(flow),
            reasons=(
                Reason(code="plane", number=1, problem="It lies", cure="Turn it"),
            ),
            duplicates=(("a", "b"),),
            near_duplicates=tuple((f"x{n}", f"y{n}") for n in range(12)),
        )
    )
    assert "14 studies found" in text
    assert "rejected, plane: 1\n  e.g. It lies. Turn it" in text
    assert "the same voxels: a, b" in text
    assert "12 pairs of patients look alike" in text
    assert "and 2 more" in text


def test_remarks_only_where_there_is_something(tmp_path):
    summary = _summary(tmp_path)
    assert "lack" not in render(summary)
    text = render(replace(summary, missing={"T1": 2}, clipped={"T2": 3}, train_only=4))
    assert "2 samples lack T1" in text
    assert "3 samples have voxels of T2 clipped" in text
    assert "4 patients only ever train" in text


def test_targets_of_a_regression(tmp_path):
    age = Numbers(known=7, lowest=1.0, mean=2.5, highest=40.0)
    text = render(replace(_summary(tmp_path), numbers={"age": age}))
    assert "age         7       1   2.5       40" in text


def test_classes_and_labels_as_far_as_they_are_known(tmp_path):
    shares = {"stage": {"F0": (3, 9), "F1": (6, 9)}}
    text = render(replace(_summary(tmp_path), shares=shares))
    assert "target     has it  of known\nstage: F0       3         9\n" in text


def test_covariates_by_split(tmp_path):
    levels = {"sex": ("F", "M")}
    small = task(covariates=("age", "sex"), covariate_levels=levels)
    data = data_set(tmp_path, small)
    rows = [
        replace(row, covariates=(float("nan") if row.split == "test" else 60.5, 1.0))
        for row in read_manifest(data)
    ]
    shown = render(summarise(data, tuple(rows), (), ()))
    assert "covariate age  samples  known  lowest  mean  highest" in shown
    assert "train                7      7    60.5  60.5     60.5" in shown
    assert "test                 2      0\n" in shown
    assert "covariate sex  samples  known  F  M" in shown
