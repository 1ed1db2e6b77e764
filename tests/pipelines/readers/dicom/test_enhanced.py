"""Enhanced multi-frame objects: functional groups, splitting, real ones."""

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from pipelines.errors import StudyError
from pipelines.readers.dicom import enhanced
from pipelines.readers.dicom import scan as scan_dicom
from tests.pipelines.readers.dicom_files import (
    NORMAL,
    ORIGIN,
    frame_groups,
    nested,
    phantom,
    write_enhanced,
)


def diffusion(b_value):
    return {"MRDiffusionSequence": nested(DiffusionBValue=float(b_value))}


def transformation(slope, intercept):
    return nested(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="US")


def write(path, volume, groups, **tags):
    """Frames of a stack 3 mm apart; `groups` gives those of frame i."""
    frames = [
        frame_groups(ORIGIN + 3.0 * i * NORMAL, **groups(i)) for i in range(len(volume))
    ]
    return write_enhanced(path, volume, frames, **tags)


def test_frames(tmp_path):
    def groups(i):
        return {
            "MREchoSequence": nested(EffectiveEchoTime=4.92),
            "MRImageFrameTypeSequence": nested(FrameType=["ORIGINAL", "PRIMARY", "P"]),
            "FrameContentSequence": nested(
                TemporalPositionIndex=2, FrameAcquisitionNumber=i
            ),
            "CardiacSynchronizationSequence": nested(
                NominalCardiacTriggerDelayTime=40.5
            ),
            "PixelValueTransformationSequence": transformation(2.0, -7.0),
            **diffusion(600),
        }

    path = write(tmp_path / "e", phantom(), groups)
    elements = dcmread(path)
    assert enhanced.is_enhanced(elements)
    frames = enhanced.frames(elements, str(path), None)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    last = frames[-1]
    assert (last.rows, last.columns, last.frames) == (6, 7, 5)
    assert last.position_mm == pytest.approx(tuple(ORIGIN + 12 * NORMAL), abs=1e-5)
    assert last.spacing_mm == (1.5, 0.75)
    assert last.slice_thickness_mm == 3
    assert (last.slope, last.intercept) == (2, -7)
    assert (last.b_value, last.echo_time_ms) == (600, 4.92)
    assert last.image_type == ("ORIGINAL", "PRIMARY", "P")
    assert (last.temporal_position, last.acquisition_number) == (2, 4)
    assert last.trigger_time_ms == 40.5


def test_absent_groups(tmp_path):
    path = write(tmp_path / "e", phantom(), lambda i: {})
    frame = enhanced.frames(dcmread(path), str(path), None)[0]
    assert (frame.slope, frame.intercept) == (1, 0)
    assert (frame.b_value, frame.echo_time_ms) == (None, None)
    assert frame.image_type == ("ORIGINAL", "PRIMARY", "M")  # of the object


def test_diffusion_without_direction_is_b_zero(tmp_path):
    path = write(
        tmp_path / "e",
        phantom(),
        lambda i: {"MRDiffusionSequence": nested(DiffusionDirectionality="NONE")},
    )
    assert enhanced.frames(dcmread(path), str(path), None)[0].b_value == 0


def test_number_of_frames_must_fit(tmp_path):
    path = write(tmp_path / "e", phantom(), lambda i: {})
    elements = dcmread(path)
    elements.NumberOfFrames = 4
    with pytest.raises(ValueError, match="Received: 4 and 5"):
        enhanced.frames(elements, str(path), None)


def test_number_of_frames_that_does_not_fit_is_a_fault(tmp_path):
    path = write(tmp_path / "e", phantom(), lambda i: {})
    elements = dcmread(path)
    elements.NumberOfFrames = 4
    elements.save_as(path)
    (fault,) = scan_dicom.scan(tmp_path).faults
    assert (fault.error.code, fault.patient_id) == ("bad_header", "P1")
    assert "Received: 4 and 5" in fault.error.private


def test_volume_from_shuffled_frames_with_own_scales(tmp_path):
    volume = phantom()
    order = [3, 0, 4, 1, 2]
    frames = [
        frame_groups(
            ORIGIN + 3.0 * i * NORMAL,
            PixelValueTransformationSequence=transformation(i + 0.5, float(i)),
        )
        for i in order
    ]
    write_enhanced(tmp_path / "e", volume[order], frames)
    (series,) = scan_dicom.scan(tmp_path).series
    image = scan_dicom.read_image(series)
    wanted = volume * (np.arange(5) + 0.5)[:, None, None] + np.arange(5)[:, None, None]
    np.testing.assert_allclose(sitk.GetArrayFromImage(image), wanted)
    assert image.GetSpacing() == pytest.approx((0.75, 1.5, 3.0), abs=1e-5)
    assert image.GetOrigin() == pytest.approx(tuple(ORIGIN), abs=1e-5)


def test_b_values_of_one_object_are_split(tmp_path):
    volume = phantom(slices=6)
    frames = [
        frame_groups(ORIGIN + 3.0 * (i // 2) * NORMAL, **diffusion((50, 800)[i % 2]))
        for i in range(6)
    ]
    write_enhanced(tmp_path / "e", volume, frames)
    low, high = scan_dicom.scan(tmp_path).series
    assert (low.part, high.part) == ("b=50", "b=800")
    assert high.repetition_time_ms == 2500
    for series, wanted in ((low, volume[0::2]), (high, volume[1::2])):
        read = sitk.GetArrayFromImage(scan_dicom.read_image(series))
        np.testing.assert_array_equal(read, wanted)


def test_object_cut_off_within_its_pixels(tmp_path):
    path = write(tmp_path / "e", phantom(), lambda i: {})
    path.write_bytes(path.read_bytes()[:-20])
    (series,) = scan_dicom.scan(tmp_path).series
    with pytest.raises(StudyError, match="400 of 420 bytes"):
        scan_dicom.read_image(series)


def towards_ras(image):
    """Array `[x, y, z]` and affine, axes turned to right, anterior, superior."""
    if isinstance(image, sitk.Image):
        direction = np.asarray(image.GetDirection()).reshape(3, 3)
        affine = np.eye(4)
        affine[:3, :3] = direction * image.GetSpacing()
        affine[:3, 3] = image.GetOrigin()
        affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
        values = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
        image = nibabel.Nifti1Image(values, affine)
    turned = nibabel.as_closest_canonical(image)
    return turned.get_fdata(), turned.affine


def test_siemens_against_dcm2niix(shared_data):
    folder = shared_data / "dcm_qa_enh"
    scan = scan_dicom.scan(folder / "In" / "Siemens")
    assert [series.part for series in scan.series] == [f"acq={i}" for i in range(1, 5)]
    oracle = nibabel.load(folder / "Ref" / "Siemens_REST1_w_SMS_PF7-8_6.nii")
    wanted, wanted_affine = towards_ras(oracle)
    for i, series in enumerate(scan.series):
        values, affine = towards_ras(scan_dicom.read_image(series))
        np.testing.assert_array_equal(values, wanted[..., i])
        np.testing.assert_allclose(affine, wanted_affine, atol=1e-3)
        assert series.repetition_time_ms == 500
        assert series.echo_time_ms == 30


def test_philips_against_dcm2niix(shared_data):
    folder = shared_data / "dcm_qa_enh"
    field_map, magnitude = scan_dicom.scan(folder / "In" / "Philips").series
    assert (field_map.part, magnitude.part) == ("te=0", "te=1.52")
    oracle = nibabel.load(folder / "Ref" / "Philips_WIP_B0_NS_801_e2_fieldmaphz.nii")
    wanted, wanted_affine = towards_ras(oracle)
    values, affine = towards_ras(scan_dicom.read_image(field_map))
    np.testing.assert_allclose(values, wanted, atol=0.01)
    # dcm2niix takes the distance of slices from the header, we from their positions:
    # 0.0002 mm less a slice.
    np.testing.assert_allclose(affine, wanted_affine, atol=0.01)
    # It scales the magnitude by Philips' private factor: the same up to a constant.
    oracle = nibabel.load(folder / "Ref" / "Philips_WIP_B0_NS_801_e1.nii")
    wanted, wanted_affine = towards_ras(oracle)
    values, affine = towards_ras(scan_dicom.read_image(magnitude))
    np.testing.assert_allclose(
        values, wanted / oracle.dataobj.slope * 1.27985347985347, rtol=1e-5
    )
    np.testing.assert_allclose(affine, wanted_affine, atol=0.01)
