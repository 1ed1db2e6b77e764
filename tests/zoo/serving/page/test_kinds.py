import pytest

from zoo.serving.page import kinds
from zoo.serving.page.kinds import Kind, Wanted
from zoo.serving.page.sequence_proposal import WantedSequence

PLAIN = Wanted(
    sequences=(WantedSequence(name="T1"), WantedSequence(name="T2")),
    mask=False,
    covariates=(),
)
MASKED = Wanted(sequences=PLAIN.sequences, mask=True, covariates=())
BOTH = {"T1": "t1.nii", "T2": "t2.nii.gz"}


@pytest.mark.parametrize(
    ("names", "wanted", "form", "sequences", "mask"),
    [
        (["a/1.dcm", "a/2"], PLAIN, "dicom", {}, None),
        (["a/1.dcm", "a/roi.nii"], MASKED, "dicom", {}, "a/roi.nii"),
        (["a/1.dcm", "a/t1.nii"], PLAIN, "dicom", {}, None),
        (["t1.nii", "t2.nii.gz"], PLAIN, "nifti", BOTH, None),
        (["t1.nii", "t2.nii.gz", "t1.json", "._t1.nii"], PLAIN, "nifti", BOTH, None),
        (["t1.nii", "t2.nii.gz", "seg.nii"], MASKED, "nifti", BOTH, "seg.nii"),
        (["A.ZIP"], PLAIN, "archive", {}, None),
        (["notes.txt"], PLAIN, "dicom", {}, None),
    ],
)
def test_what_names_say(names, wanted, form, sequences, mask):
    expected = Kind(form=form, sequences=sequences, mask=mask)
    assert kinds.of(names, wanted) == expected


@pytest.mark.parametrize(
    ("names", "there"), [(["a.nii", "a.bval"], True), (["a.nii", "a.bvec"], False)]
)
def test_whether_b_values_can_be_asked_for(names, there):
    assert kinds.question(kinds.of(names, PLAIN), names)["b_values"] is there
