"""The .bval and .bvec files beside a NIfTI file."""

import pytest

from pipelines.errors import StudyError
from pipelines.readers.diffusion.gradient import Gradient
from pipelines.readers.nifti_sidecars import b_values, beside, gradients, named_b_value


@pytest.mark.parametrize(
    "text",
    [
        "0 50 800.5",
        "0\t50\t800.5\n",
        "0\n50\n800.5\n\n",
        " 0  50\r\n8.005e2 ",
        "\ufeff0 50 800.5",
    ],
)
def test_numbers_in_any_lines(tmp_path, text):
    (tmp_path / "dwi.bval").write_bytes(text.encode("utf-8"))
    for name in ("dwi.nii.gz", "dwi.nii", "dwi.NII.GZ"):
        assert b_values(tmp_path / name, 3) == (0.0, 50.0, 800.5)


def test_no_file_states_none(tmp_path):
    (tmp_path / "dwi.nii.bval").write_text("0 50 800", encoding="utf-8")
    (tmp_path / "dwi.json").write_text('{"DiffusionBValue": 50}', encoding="utf-8")
    assert b_values(tmp_path / "dwi.nii.gz", 3) is None
    assert gradients(tmp_path / "dwi.nii.gz", (0.0, 50.0)) is None
    assert b_values(tmp_path / "dwi.img", 3) is None
    assert beside(tmp_path / "dwi.nii.gz") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0 50", r"holds 2 number\(s\), and the image has 3 frame\(s\)"),
        ("0 50 800 800", r"holds 4 number\(s\)"),
        ("", r"holds 0 number\(s\)"),
        ("0 50 -800", "something else than numbers of 0 or more"),
        ("0 50 nan", "something else than numbers"),
        ("0 50 inf", "something else than numbers"),
        ("0,50,800", "something else than numbers"),
        ("0 50 b800", "something else than numbers"),
        (b"\xff\xfe0", "can't be read as text"),
        ("0 " * 2**21 + "0", "is larger than any can be"),
    ],
)
def test_what_is_no_b_value_of_each_frame(tmp_path, text, problem):
    content = text if isinstance(text, bytes) else text.encode("utf-8")
    (tmp_path / "dwi.bval").write_bytes(content)
    with pytest.raises(StudyError, match=problem) as caught:
        b_values(tmp_path / "dwi.nii.gz", 3)
    error = caught.value
    assert error.code == "bad_b_values" and error.private.endswith("dwi.bval")
    assert str(tmp_path) not in error.problem + error.cure
    assert "dwi" not in error.problem and "one number for each frame" in error.cure


def test_a_folder_of_that_name_is_no_sidecar_that_can_be_read(tmp_path):
    (tmp_path / "dwi.bval").mkdir()
    with pytest.raises(StudyError, match="can't be read as text"):
        b_values(tmp_path / "dwi.nii", 1)


def test_gradients(tmp_path):
    (tmp_path / "dwi.bvec").write_text(
        "0 1 0 0.6\n0\t0 0 0\n\n0 0 0 -0.8\n", encoding="utf-8"
    )
    assert gradients(tmp_path / "dwi.nii.gz", (0.0, 800.0, 800.0, 800.0)) == (
        Gradient(kind="none"),
        Gradient(kind="directional", vector=(1.0, 0.0, 0.0)),
        Gradient(kind="isotropic"),
        Gradient(kind="directional", vector=(0.6, 0.0, -0.8)),
    )
    # a vector without length, and a length that is not 1
    (tmp_path / "dwi.bvec").write_text("9\n0\n12\n", encoding="utf-8")
    assert gradients(tmp_path / "dwi.nii", (0.0,)) == (Gradient(kind="none"),)
    (tmp_path / "dwi.bvec").write_text("nan 1\nnan 0\nnan 0\n", encoding="utf-8")
    none, _ = gradients(tmp_path / "dwi.nii", (0.0, 800.0))
    assert none == Gradient(kind="none")
    (tmp_path / "dwi.bvec").write_text("9\n0\n12\n", encoding="utf-8")
    (of_length,) = gradients(tmp_path / "dwi.nii", (5.0,))
    assert of_length.vector == pytest.approx((0.6, 0.0, 0.8))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 0\n0 1\n", r"2 row\(s\) of 2, 2 numbers, and the image has 2 frame"),
        ("1 0\n0 1\n0\n", r"3 row\(s\) of 2, 2, 1 numbers"),
        ("1 0 0\n0 1 0\n", r"2 row\(s\) of 3, 3 numbers"),
        ("1\n" * 6, r"6 row\(s\) of 1, 1, 1, 1, … numbers"),
        ("", r"0 row\(s\) of none"),
        ("1 0\n0 x\n0 0\n", "something else than numbers"),
        ("1 0\n0 nan\n0 0\n", "something else than numbers"),
    ],
)
def test_what_is_no_direction_of_each_frame(tmp_path, text, problem):
    (tmp_path / "dwi.bvec").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=problem) as caught:
        gradients(tmp_path / "dwi.nii.gz", (800.0, 800.0))
    assert caught.value.code == "bad_directions"
    assert caught.value.private.endswith("dwi.bvec")


def test_which_sidecars_there_are(tmp_path):
    (tmp_path / "a.bvec").touch()
    assert beside(tmp_path / "a.nii") == (str(tmp_path / "a.bvec"),)
    (tmp_path / "a.bval").touch()
    assert beside(tmp_path / "a.nii") == tuple(
        str(tmp_path / f"a.{ending}") for ending in ("bval", "bvec")
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("b=800", 800.0),
        ("b=0", 0.0),
        ("b=62.5", 62.5),
        *(
            (text, None)
            for text in (
                "800",
                "b=",
                "b=-1",
                "b=8e2",
                "b=nan",
                "B=800",
                "b = 800",
                "b=\u0668",
            )
        ),
    ],
)
def test_a_b_value_by_name(text, value):
    assert named_b_value(text) == value
