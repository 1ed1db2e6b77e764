from dataclasses import replace

from pipelines.inspection.geometry import Geometry
from pipelines.inspection.rejections import Rejected
from pipelines.inspection.summary import Numbers, Spacing, class_of, summarise
from pipelines.records.data_set import read_manifest
from pipelines.tasks.target import Target
from tests.pipelines.records.small import data_set, task


def _geometry(slice_mm=3.0, present=(True, True)):
    return Geometry(spacing_mm=(slice_mm, 0.5, 0.75), present=present)


def _rejected(code, problem="p"):
    return Rejected(
        study_id="a", patient_id="b", code=code, problem=problem, cure="Do it"
    )


def _summary(directory, *, rows=None, geometries=(), rejections=()):
    data = data_set(directory, task())
    rows = read_manifest(data) if rows is None else rows(read_manifest(data))
    return summarise(data, rows, geometries, rejections)


def test_samples_patients_and_classes_by_split(tmp_path):
    found = _summary(tmp_path)
    assert (found.samples, found.patients) == (12, 12)
    assert found.groups["train"].classes == {"no": 4, "yes": 3}
    assert found.shape == (6, 5, 4, 2)
    assert found.channels == ("T1", "T2")


def test_scanner_site_sex_and_age_are_counted_by_class(tmp_path):
    def rows(read):
        first = replace(
            read[0],
            vendor="ge",
            field_strength_t=3.0,
            site="s",
            sex="F",
            age_band="90+",
        )
        return (first, *read[1:])

    facts = _summary(tmp_path, rows=rows).facts
    assert facts["scanner"]["ge 3 T"] == {"all": 1, "no": 1, "yes": 0}
    assert facts["scanner"]["unknown"] == {"all": 11, "no": 5, "yes": 6}
    assert facts["site"]["s"]["all"] == 1
    assert facts["sex"]["F"]["all"] == 1
    assert facts["age band"]["90+"]["all"] == 1


def test_spacing_ranges_and_missing_sequences(tmp_path):
    geometries = [_geometry(3.0), _geometry(5.0, (True, False)), _geometry(6.0)]
    found = _summary(tmp_path, geometries=geometries)
    assert found.spacing_mm["slice"] == Spacing(lowest=3.0, median=5.0, highest=6.0)
    assert found.spacing_mm["column"] == Spacing(lowest=0.75, median=0.75, highest=0.75)
    assert found.missing == {"T1": 0, "T2": 1}


def test_rejections_by_reason_the_most_frequent_first(tmp_path):
    rejections = [_rejected("b", "x"), _rejected("a", "y"), _rejected("a", "z")]
    reasons = _summary(tmp_path, rejections=rejections).reasons
    assert [(one.code, one.number, one.problem) for one in reasons] == [
        ("a", 2, "y"),
        ("b", 1, "x"),
    ]


def test_equal_volumes_are_duplicates(tmp_path):
    def rows(read):
        return (*read, replace(read[0], sample_id="copy"))

    assert _summary(tmp_path, rows=rows).duplicates == (("p" + "0" * 16, "copy"),)


def test_clipped_samples_and_patients_that_only_train(tmp_path):
    def rows(read):
        return (replace(read[0], clipped=(0, 9), role="train_only"), *read[1:])

    found = _summary(tmp_path, rows=rows)
    assert found.clipped == {"T1": 0, "T2": 1}
    assert found.train_only == 1


def test_a_regression_has_ranges_and_no_classes(tmp_path):
    data = data_set(tmp_path, task())
    rows = read_manifest(data)
    target = Target(kind="regression", columns=("age",))
    data = replace(data, task=replace(data.task, target=target))
    found = summarise(data, rows, (), ())
    assert found.numbers == {
        "age": Numbers(known=12, lowest=0.0, mean=0.5, highest=1.0)
    }
    assert found.facts["sex"] == {"unknown": {"all": 12}}
    assert class_of(rows[0], data) == ""


def test_further_targets_are_counted_as_far_as_they_are_known(tmp_path):
    data = data_set(tmp_path, task())
    rows = read_manifest(data)[:4]
    nan = float("nan")
    values = [(0, nan, 1, nan), (1, 2, 0, 5), (0, 0, nan, 9), (1, 2, 1, nan)]
    rows = tuple(replace(row, target=own) for row, own in zip(rows, values))
    further = (
        Target(
            kind="ordinal", columns=("x",), classes=("F0", "F1", "F2"), name="stage"
        ),
        Target(kind="multilabel", columns=("y",), classes=("cyst",), name="signs"),
        Target(kind="regression", columns=("kpa",), name="kpa"),
    )
    data = replace(data, task=replace(data.task, further_targets=further))
    found = summarise(data, rows, (), ())
    assert found.shares == {
        "stage": {"F0": (1, 3), "F1": (0, 3), "F2": (2, 3)},
        "signs": {"cyst": (2, 3)},
    }
    assert found.numbers == {"kpa": Numbers(known=2, lowest=5, mean=7, highest=9)}


def test_a_row_without_a_target_has_no_class(tmp_path):
    data = data_set(tmp_path, task())
    row = read_manifest(data)[0]
    assert class_of(row, data) == "no"
    assert class_of(replace(row, target=()), data) == ""
