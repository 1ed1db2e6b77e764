"""Maps by ImageType and by the units of their values."""

import pytest

from pipelines.cohort.maps import acquired_b_value, is_map
from pipelines.readers.dicom.headers import Series


def series(*image_type, **header):
    return Series(
        patient_id="P", study_uid="1", series_uid="2", image_type=image_type, **header
    )


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (series("DERIVED", "PRIMARY", "DIFFUSION", "ADC", "DIS2D"), True),  # Siemens
        (series("DERIVED", "PRIMARY", "ADC", "ADC"), True),  # Philips
        (series("DERIVED", "PRIMARY", "DIFFUSION", "FA"), True),
        (
            series(
                "DERIVED",
                "SECONDARY",
                description="Apparent Diffusion Coefficient (mm2/s)",
            ),
            True,
        ),
        (series("DERIVED", "SECONDARY", units="10-6 mm^2/s"), True),
        (series("DERIVED", "PRIMARY", units="um\u00b2/ms"), True),
        (series("DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"), False),
        (series("ORIGINAL", "PRIMARY", description="DWI and ADC"), False),
        (series("ORIGINAL", "PRIMARY", description="b 50 800 s/mm2"), False),
        (series("ORIGINAL", "PRIMARY", units="normalized"), False),
        (series(), False),
    ],
)
def test_is_map(one, wanted):
    assert is_map(one) is wanted


def test_a_map_was_not_acquired_with_its_b_value():
    assert acquired_b_value(series("DERIVED", "ADC", b_value=800.0)) is None
    assert acquired_b_value(series("DERIVED", "TRACEW", b_value=800.0)) == 800.0
