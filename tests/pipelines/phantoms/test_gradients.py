"""What three vendors write of a direction, in three forms, is what a reader finds."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.phantoms import dicom, gradients, vendors
from pipelines.phantoms.protocols import Weighting
from pipelines.readers.dicom import scan
from tests.pipelines.phantoms.diffusion_patients import (
    VENDORS,
    patient_of,
    with_isotropic,
)

CASES = [
    (vendor, form)
    for vendor, form in itertools.product(VENDORS, ("classic", "enhanced", "mosaic"))
    if form != "mosaic" or vendor == "siemens"
]


@pytest.fixture(params=CASES, ids="-".join)
def written(request, tmp_path):
    """A patient, and the series that a scan finds in its files."""
    vendor, form = request.param
    one = replace(with_isotropic(patient_of(vendor)), form=form)
    dicom.write_patient(one, tmp_path)
    found = scan.scan(tmp_path)
    assert not found.faults and not found.ignored
    return one, found.series


def test_every_weighting_is_a_volume_with_its_voxels_in_place(written):
    one, series = written
    parts = list(one.series[0].parts)
    assert [one.part for one in series] == [
        "b=0",
        *(f"b=800,dir={number}" for number in range(1, 7)),
        "b=800,dir=trace",
    ]
    for found in series:
        image = scan.read_image(found)
        values = sitk.GetArrayFromImage(image)
        (part,) = (p for p in parts if np.allclose(p.stored.values, values, rtol=1e-6))
        parts.remove(part)
        assert found.b_value == part.b_value
        stack = part.stack
        assert image.GetOrigin() == pytest.approx(stack.position_mm(0), abs=1e-4)
        assert image.GetSpacing() == pytest.approx(stack.spacing_mm[::-1], abs=1e-4)
        axes = np.array([stack.row_direction, stack.column_direction, stack.normal])
        assert image.GetDirection() == pytest.approx(axes.T.ravel(), abs=1e-6)
        _check_gradient(found.frames[0].gradient, part, one)
    assert not parts


def _check_gradient(gradient, part, one):
    direction = part.weighting.direction
    if direction is None:
        kind = "isotropic" if part.b_value else "none"
        assert (gradient.kind, gradient.vector) == (kind, None)
        return
    stack = part.stack
    if one.scanner.vendor is vendors.GE and one.form == "classic":
        axes = np.array([stack.row_direction, stack.column_direction, stack.normal])
        direction = axes @ direction
    assert gradient.kind == "directional"
    assert gradient.vector == pytest.approx(direction, abs=1e-5)


def test_siemens_counts_its_directions_in_the_sequence_name():
    direction = Weighting(b_value=800, direction=(1.0, 0.0, 0.0))
    names = [
        gradients.sequence_name(vendors.SIEMENS, weighting, 3)
        for weighting in (Weighting(b_value=0), direction, Weighting(b_value=800))
    ]
    assert names == ["*ep_b0", "*ep_b800#3", "*ep_b800t"]
    assert gradients.sequence_name(vendors.GE, direction, 3) == ""
