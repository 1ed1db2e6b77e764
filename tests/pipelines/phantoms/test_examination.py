from collections import Counter

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.phantoms.examination import label, patient
from pipelines.phantoms.plan import Plan

_SMALL = {"slices": (6, 8), "matrix": (32, 40)}


def _plan(**changed):
    return Plan(**{"patients": 40, **_SMALL, **changed})


def test_the_seed_and_the_index_determine_a_patient():
    one, same = (patient(_plan(seed=5), 3) for _ in range(2))
    other = patient(_plan(seed=6), 3)
    pixels = [p.series[0].parts[0].stored.pixels for p in (one, same, other)]
    assert np.array_equal(pixels[0], pixels[1])
    assert not np.array_equal(pixels[0], pixels[2])


def test_a_larger_cohort_with_more_sequences_extends_a_smaller_one():
    small = patient(_plan(), 4)
    large = patient(_plan(patients=90, sequences=("ADC", "T2WI")), 4)
    assert small.patient_id == large.patient_id
    assert small.root == large.root
    assert np.array_equal(
        sitk.GetArrayFromImage(small.volumes["T2WI"].image),
        sitk.GetArrayFromImage(large.volumes["T2WI"].image),
    )


def test_classes_are_balanced_and_shuffled():
    labels = [label(_plan(), index) for index in range(40)]
    assert labels.count(0) == 20
    assert labels[::2] != [labels[0]] * 20


def test_the_cohort_mixes_vendors_field_strengths_sexes_and_orders():
    drawn = [patient(_plan(), index, distractors=False) for index in range(40)]
    assert len({one.scanner.vendor.name for one in drawn}) == 3
    assert len({one.scanner.field_strength_t for one in drawn}) == 2
    assert {"F", "M"} <= {one.sex for one in drawn}
    assert Counter(one.series[0].reverse for one in drawn)[True] > 4
    oblique = [one.series[0].parts[0].stack.normal[2] < 0.9999 for one in drawn]
    assert 8 < sum(oblique) < 32


def test_intensity_scales_differ_between_vendors():
    levels = {}
    for index in range(20):
        one = patient(_plan(), index, distractors=False)
        voxels = sitk.GetArrayFromImage(one.volumes["T2WI"].image)
        levels.setdefault(one.scanner.vendor.name, []).append(np.percentile(voxels, 90))
    assert np.median(levels["ge"]) > 3 * np.median(levels["siemens"])


def test_diffusion_series_and_map_share_their_geometry():
    one = patient(_plan(sequences=("DWI", "ADC")), 0, distractors=False)
    diffusion, derived = one.series
    assert [part.b_value for part in diffusion.parts] == [50, 400, 800]
    assert diffusion.parts[0].stack == derived.parts[0].stack
    assert set(one.volumes) == {"DWI", "ADC"}
    high = sitk.GetArrayFromImage(one.volumes["DWI"].image)
    assert np.array_equal(high, diffusion.parts[2].stored.values)


def test_volumes_lie_where_the_stack_lies():
    one = patient(_plan(), 1, distractors=False)
    stack, image = one.series[0].parts[0].stack, one.volumes["T2WI"].image
    slices, rows, columns = stack.shape
    assert image.GetSize() == (columns, rows, slices)
    corner = image.TransformIndexToPhysicalPoint((columns - 1, 0, slices - 1))
    assert np.allclose(corner, stack.points_mm()[:, -1, 0, -1], atol=1e-3)


def test_distractors_are_a_localizer_and_a_sagittal_t2_series():
    names = [series.protocol.name for series in patient(_plan(), 0).series]
    assert names == ["T2WI", "LOCALIZER", "T2_SAGITTAL"]
    planes = [part.plane for part in patient(_plan(), 0).series[1].parts]
    assert planes == ["axial", "sagittal", "coronal"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"patients": 1}, "2 patients or more.*patients=1"),
        ({"sign": "smell"}, "sign is one of texture, through_plane.*'smell'"),
        ({"sequences": ()}, "sequences are different ones of T2WI"),
        ({"sequences": ("T2WI", "T2WI")}, "sequences are different ones of T2WI"),
        ({"sequences": ("CT",)}, "sequences are different ones of.*'CT'"),
        ({"form": "analogue"}, "form is one of classic, enhanced, mosaic.*'analogue'"),
        ({"slices": (2, 8)}, r"slices is lowest, highest, at least 4.*\(2, 8\)"),
        ({"matrix": (40, 32)}, r"matrix is lowest, highest.*\(40, 32\)"),
        ({"seed": -1}, "not negative.*seed=-1"),
    ],
)
def test_a_plan_checks_itself(changed, message):
    with pytest.raises(ValueError, match=message):
        _plan(**changed)
