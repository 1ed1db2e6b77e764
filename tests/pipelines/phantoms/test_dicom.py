from dataclasses import replace

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from pipelines.phantoms import dicom, vendors
from pipelines.phantoms.examination import patient
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as reader

_PLAN = Plan(
    patients=12,
    sequences=("T2WI", "T1WI", "DWI", "ADC"),
    slices=(5, 7),
    matrix=(32, 44),
    seed=2,
)


def _first_of(vendor):
    drawn = (patient(_PLAN, index) for index in range(_PLAN.patients))
    return next(one for one in drawn if one.scanner.vendor is vendor)


@pytest.fixture(scope="module", params=vendors.VENDORS, ids=lambda vendor: vendor.name)
def written(request, tmp_path_factory):
    one = _first_of(request.param)
    directory = tmp_path_factory.mktemp(request.param.name)
    count = dicom.write_patient(one, directory)
    return one, directory, count


def _headers(directory):
    return [pydicom.dcmread(p) for p in directory.rglob("*") if p.is_file()]


def test_every_file_is_an_mr_image_with_its_own_uid(written):
    one, directory, count = written
    headers = _headers(directory)
    assert len(headers) == count
    assert len({h.SOPInstanceUID for h in headers}) == count
    assert len({h.SeriesInstanceUID for h in headers}) == len(one.series)
    assert len({h.StudyInstanceUID for h in headers}) == 1
    for header in headers:
        assert header.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
        assert header.file_meta.MediaStorageSOPInstanceUID == header.SOPInstanceUID
        assert header.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4"
        assert pydicom.uid.UID(header.SOPInstanceUID).is_valid
        assert header.PixelData == header.pixel_array.tobytes()


def test_the_reader_finds_the_same_voxels_in_the_same_place(written):
    one, directory, _ = written
    found = reader.scan(directory)
    assert not found.faults
    for name, volume in one.volumes.items():
        number = next(s.number for s in one.series if s.protocol.name == name)
        series = [s for s in found.series if s.series_number == number]
        if name == "DWI":
            assert sorted(s.b_value for s in series) == [50, 400, 800]
        image = reader.read_image(max(series, key=lambda s: s.b_value or 0))
        assert np.allclose(
            sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(volume.image)
        )
        assert np.allclose(image.GetOrigin(), volume.image.GetOrigin(), atol=1e-4)
        assert np.allclose(image.GetSpacing(), volume.image.GetSpacing(), atol=1e-4)
        assert np.allclose(image.GetDirection(), volume.image.GetDirection(), atol=1e-6)


def test_the_reader_finds_the_facts(written):
    one, directory, _ = written
    series = reader.scan(directory).series
    assert {s.patient_id for s in series} == {one.patient_id}
    assert {s.institution for s in series} == {one.scanner.institution}
    assert {s.field_strength_t for s in series} == {one.scanner.field_strength_t}
    assert {s.sex for s in series} == {one.sex}
    assert {s.age_years for s in series} == {one.age_years}
    localizer = [s for s in series if s.description == _localizer(one)]
    assert {s.plane for s in localizer} == {"axial", "sagittal", "coronal"}


def _localizer(one):
    return one.scanner.vendor.descriptions["LOCALIZER"]


def test_instance_numbers_may_run_against_the_normal(tmp_path):
    one = _first_of(vendors.GE)
    for reverse in (False, True):
        series = replace(one.series[0], reverse=reverse)
        directory = tmp_path / str(reverse)
        dicom.write_patient(replace(one, series=(series,)), directory)
        headers = sorted(_headers(directory), key=lambda h: h.InstanceNumber)
        locations = [float(header.SliceLocation) for header in headers]
        assert locations == sorted(locations, reverse=reverse)


def test_names_and_institutions_are_plainly_invented(written):
    _, directory, _ = written
    header = _headers(directory)[0]
    assert "Invented" in str(header.PatientName)
    assert header.InstitutionName.startswith("Synthetic")
    assert header.PatientID.startswith("PHANTOM-")


def test_the_same_patient_gives_the_same_bytes(tmp_path):
    one = _first_of(vendors.PHILIPS)
    contents = []
    for name in ("a", "b"):
        dicom.write_patient(one, tmp_path / name)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        contents.append(
            [(p.relative_to(tmp_path / name), p.read_bytes()) for p in files]
        )
    assert contents[0] == contents[1]
