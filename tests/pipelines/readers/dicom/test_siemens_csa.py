"""The CSA header, of nibabel's own files."""

from pathlib import Path

import nibabel
import pytest
from pydicom.dataset import Dataset

from pipelines.readers.dicom import siemens_csa
from pipelines.readers.dicom.b_value import b_value

DATA = Path(nibabel.__file__).parent / "nicom" / "tests" / "data"


def header(content, image_type=("ORIGINAL", "PRIMARY", "DIFFUSION", "NONE")):
    if not DATA.is_dir():
        pytest.skip("nibabel came without its test data")
    dataset = Dataset()
    dataset.Manufacturer = "SIEMENS"
    dataset.ImageType = list(image_type)
    dataset.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
    dataset.add_new((0x0029, 0x1010), "OB", content)
    return dataset


def test_facts_of_a_diffusion_image():
    csa = siemens_csa.csa(header((DATA / "csa2_b1000.bin").read_bytes()))
    assert (csa.b_value, csa.directionality, csa.slices) == (1000, "DIRECTIONAL", 48)
    assert csa.direction == pytest.approx((0.99997449, 0.00505012, -0.00505012))
    assert csa.slice_normal == pytest.approx((0, 0.00523632, 0.99998629))


def test_without_gradient():
    csa = siemens_csa.csa(header((DATA / "csa2_b0.bin").read_bytes()))
    assert (csa.b_value, csa.direction) == (0, None)


def test_the_b_value_is_no_trace_of_the_matrix():
    content = (DATA / "csa2_b1000.bin").read_bytes()
    assert b"992" in content
    assert b_value(header(content)) == 1000


def test_only_diffusion_images_are_asked_for_a_b_value():
    content = (DATA / "csa2_b1000.bin").read_bytes()
    assert b_value(header(content, ("ORIGINAL", "PRIMARY", "M"))) is None


@pytest.mark.parametrize("content", [b"SV10", b"SV10" + b"\xff" * 200, b"", b"x" * 90])
def test_a_damaged_header_is_none(content):
    assert siemens_csa.csa(header(content)) is None


def test_a_header_that_ends_early_is_none():
    content = (DATA / "csa2_b1000.bin").read_bytes()
    assert siemens_csa.csa(header(content[: len(content) // 2])) is None
