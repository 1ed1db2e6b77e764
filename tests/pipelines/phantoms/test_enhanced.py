from dataclasses import replace

import pydicom
import pytest

from pipelines.phantoms import dicom
from pipelines.phantoms.examination import patient
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan

_PLAN = Plan(sequences=("T2WI", "DWI"), slices=(5, 7), matrix=(32, 44), form="enhanced")


def test_every_series_is_one_file_that_a_scan_reads_as_the_classic_ones(tmp_path):
    one = patient(_PLAN, 0)
    count = dicom.write_patient(one, tmp_path / "enhanced")
    matrices = [{part.stack.shape[1:] for part in s.parts} for s in one.series]
    assert count == sum(map(len, matrices)) and len(matrices[0]) == 1
    dicom.write_patient(replace(one, form="classic"), tmp_path / "classic")
    both = [scan.scan(tmp_path / form).series for form in ("enhanced", "classic")]
    facts = [[_facts(series) for series in each] for each in both]
    assert facts[0] == facts[1]
    for enhanced, classic in zip(*both):
        assert [f.position_mm for f in enhanced.frames] == [
            pytest.approx(f.position_mm) for f in classic.frames
        ]


def test_the_file_says_that_it_is_enhanced(tmp_path):
    dicom.write_patient(patient(_PLAN, 0, distractors=False), tmp_path)
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        assert header.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.4.1"
        assert header.NumberOfFrames == len(header.PerFrameFunctionalGroupsSequence)


def _facts(series):
    images = series.plane, series.b_value, series.echo_time_ms, series.image_type
    return series.description, *images
