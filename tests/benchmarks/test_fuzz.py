"""Short runs of `benchmarks/fuzz.py`, and that it would notice what is wrong."""

import json
import multiprocessing
import os
import random

import numpy as np
import pytest
import SimpleITK as sitk

_INPUTS = 60


def _subject(kind, folder):
    import importlib

    folder.mkdir()
    return importlib.import_module(f"fuzz_{kind}").Subject(folder)


def _tried(subject, numbers):
    from fuzz_workers import one

    return [one(subject, 1, number) for number in numbers]


@pytest.mark.parametrize("kind", ["nifti", "spreadsheets", "tables"])
def test_mutated_files_are_read_rightly_or_refused(kind, tmp_path):
    ends = _tried(_subject(kind, tmp_path / kind), range(_INPUTS))
    words = [verdict.split(":")[0] for _, verdict in ends]
    wanted = {"equal", "rejected"}
    if kind == "spreadsheets":
        wanted.add("equal to what was written")
    assert {*words} == wanted, ends
    assert min(words.count("equal"), words.count("rejected")) > _INPUTS / 10


def test_frames_of_an_enhanced_file_are_those_of_pydicom(tmp_path):
    ends = {
        verdict for _, verdict in _tried(_subject("enhanced", tmp_path / "e"), range(6))
    }
    assert "equal" in ends
    assert not [end for end in ends if end.startswith(("WRONG", "CRASH"))]


@pytest.mark.slow
def test_mutated_shards_are_refused_or_what_protobuf_reads(tmp_path, monkeypatch):
    import fuzz_records

    subject = _subject("records", tmp_path / "records")
    told = fuzz_records._by_protobuf
    with monkeypatch.context() as patched:
        patched.setattr(
            fuzz_records,
            "_by_protobuf",
            lambda record, task: told(record, task) | {"target": np.full(1, 7)},
        )
        verdict = subject._not_hashed(random.Random(0), False)
    assert verdict.startswith("WRONG: target")
    ends = {verdict.split(":")[0] for _, verdict in _tried(subject, range(12))}
    assert "rejected" in ends and ends <= {
        "equal",
        "equal to what protobuf reads",
        "rejected",
    }


def test_a_number_is_always_the_same_input(tmp_path):
    numbers = range(20)
    first = _tried(_subject("nifti", tmp_path / "a"), numbers)
    assert _tried(_subject("nifti", tmp_path / "b"), numbers) == first


def test_other_values_than_the_reader_s_are_noticed(tmp_path, monkeypatch):
    import fuzz_nifti

    def off_by_one(path, *, frame=None):
        return read(path, frame=frame) + 1

    read = fuzz_nifti.nifti.read_image
    monkeypatch.setattr(fuzz_nifti.nifti, "read_image", off_by_one)
    ends = _tried(_subject("nifti", tmp_path / "n"), range(20))
    assert "WRONG: other values than nibabel's" in {verdict for _, verdict in ends}


def test_another_place_than_the_reader_s_is_noticed(tmp_path, monkeypatch):
    import fuzz_nifti

    def moved(path, *, frame=None):
        image = read(path, frame=frame)
        image.SetOrigin(np.add(image.GetOrigin(), 1.0).tolist())
        return image

    read = fuzz_nifti.nifti.read_image
    monkeypatch.setattr(fuzz_nifti.nifti, "read_image", moved)
    ends = _tried(_subject("nifti", tmp_path / "n"), range(20))
    assert any(verdict.startswith("WRONG: voxel") for _, verdict in ends)


def test_an_unforeseen_fault_is_a_crash():
    from fuzz_workers import one

    class Fails:
        def run(self, source: random.Random):
            raise ZeroDivisionError("all of a sudden")

    _, verdict = one(Fails(), 0, 0)
    assert verdict.startswith("CRASH: ZeroDivisionError at test_fuzz.py:")


def test_the_summary_counts_and_names_the_first_of_alike_failures():
    from fuzz import failures, summary
    from fuzz_workers import Tried

    verdicts = ["equal", "rejected: x", "WRONG: 3 slices", "WRONG: 4 slices", "HANG"]
    tries = [
        Tried(kind="dicom", seed=7, number=n, mutation="cut", verdict=v, seconds=n / 2)
        for n, v in enumerate(verdicts)
    ]
    assert summary(tries).splitlines() == [
        "kind   tried  equal  rejected  failed  slowest s",
        "dicom      5      1         1       3       2.00",
    ]
    assert failures(tries) == [
        "2 x dicom --seed 7 --first 2 (cut): WRONG: 3 slices",
        "1 x dicom --seed 7 --first 4 (cut): HANG",
    ]


def test_slices_of_a_mosaic_are_those_of_nibabel(tmp_path, monkeypatch):
    import fuzz_dicom

    subject = _subject("mosaic", tmp_path / "m")
    ends = {verdict for _, verdict in _tried(subject, range(5))}
    assert "equal" in ends
    assert not [end for end in ends if end.startswith(("WRONG", "CRASH"))]

    def turned(series):
        image = read(series)
        flipped = sitk.Flip(image, (False, False, True))
        flipped.CopyInformation(image)
        return flipped

    read = fuzz_dicom.scan_dicom.read_image
    monkeypatch.setattr(fuzz_dicom.scan_dicom, "read_image", turned)
    ends = _tried(subject, range(5))
    assert any(verdict.startswith("WRONG: slice 0: other") for _, verdict in ends)


def test_an_input_that_ends_the_process_is_a_crash_and_the_next_is_tried():
    from fuzz_workers import _watched

    class Ended:
        exitcode = -6
        pid = os.getpid()

        def join(self):
            pass

    told, tell = multiprocessing.Pipe(duplex=False)
    tell.send(3)
    tell.send((3, "cut", "equal", 0.1))
    tell.send(4)
    tell.close()
    ends = [*_watched("dicom", 1, Ended(), told)]
    assert [(end.number, end.verdict) for end in ends] == [
        (3, "equal"),
        (4, "CRASH: the process ended with -6"),
    ]


@pytest.mark.slow
def test_some_of_each_kind_and_a_run_that_goes_on(tmp_path):
    from fuzz import KINDS, failures, run

    first = run(KINDS, tmp_path, seed=2, count=20, seconds=6)
    assert failures(first) == [] and {one.kind for one in first} == {*KINDS}
    lines = (
        (tmp_path / "tried.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    kept = [line for line in lines if json.loads(line)["kind"] == "nifti"][:2]
    (tmp_path / "tried.jsonl").write_text(
        "".join(kept) + '{"kind": "cut o', encoding="utf-8"
    )
    again = run(["nifti"], tmp_path, seed=2, count=4)
    assert [one.number for one in again] == [0, 1, 2, 3]


def test_simpleitk_and_pydicom_are_asked_of_each_slice(tmp_path):
    import fuzz_dicom

    subject = _subject("dicom", tmp_path / "d")
    ends = _tried(subject, range(12))
    assert not [end for end in ends if end[1].startswith(("WRONG", "CRASH"))]
    (folder,) = (tmp_path / "d").glob("phantom/dicom/*0000*")
    (series,) = [
        one
        for one in fuzz_dicom.scan_dicom.scan(folder).series
        if one.plane == "axial" and "t2" in one.description
    ]
    image = fuzz_dicom.scan_dicom.read_image(series)
    assert fuzz_dicom.difference(series, image) == ""
    assert "other values" in fuzz_dicom.difference(series, image + 1)
    flipped = sitk.Flip(image, (False, False, True))
    flipped.CopyInformation(image)
    assert "slice 0" in fuzz_dicom.difference(series, flipped)
