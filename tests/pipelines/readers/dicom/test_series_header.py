"""What a header says of its series."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipelines.readers.dicom.series_header import series_facts
from tests.pipelines.readers.dicom_files import header, nested


def test_classic():
    facts = series_facts(
        header(
            AccessionNumber="A7",
            ProtocolName="t2",
            SequenceName="*tse2d1_25",
            ScanningSequence=["EP", "SE"],
            SequenceVariant=["SK", "SP"],
            ScanOptions="FS",
            RepetitionTime="2700",
            InversionTime="150.5",
            ContrastBolusAgent="Gd",
            Manufacturer="SIEMENS ",
            ManufacturerModelName="Skyra",
            MagneticFieldStrength="3",
            InstitutionName="H",
            PatientSex="M",
            PatientAge="063Y",
        )
    )
    assert (facts.patient_id, facts.accession_number, facts.protocol) == (
        "P1",
        "A7",
        "t2",
    )
    assert facts.series_number == 4
    assert facts.scanning_sequence == ("EP", "SE")
    assert facts.sequence_variant == ("SK", "SP")
    assert facts.scan_options == ("FS",)
    assert (facts.repetition_time_ms, facts.inversion_time_ms) == (2700, 150.5)
    assert (facts.manufacturer, facts.model) == ("SIEMENS", "Skyra")
    assert (facts.field_strength_t, facts.age_years) == (3, 63)
    assert (facts.institution, facts.sex) == ("H", "M")
    assert (facts.contrast_agent, facts.sequence_name) == ("Gd", "*tse2d1_25")


def test_empty_header():
    facts = series_facts(Dataset())
    assert (facts.study_uid, facts.series_number, facts.age_years) == ("", None, None)
    assert (facts.scanning_sequence, facts.scan_options) == ((), ())
    assert (facts.repetition_time_ms, facts.field_strength_t) == (None, None)


@pytest.mark.parametrize(
    ("tags", "years"),
    [
        ({"PatientAge": "018M"}, 1.5),
        ({"PatientAge": "010W"}, 70 / 365.25),
        ({"PatientBirthDate": "19500708", "StudyDate": "20110707"}, 60),
        ({"PatientBirthDate": "19500707", "StudyDate": "20110707"}, 61),
        ({"PatientBirthDate": "1950", "StudyDate": "20110707"}, None),
    ],
)
def test_age(tags, years):
    age = series_facts(header(**tags)).age_years
    assert age is None if years is None else age == pytest.approx(years)


def test_field_strength_in_gauss():
    assert series_facts(header(MagneticFieldStrength="15000")).field_strength_t == 1.5


def test_enhanced_in_classic_terms():
    dataset = header(
        PulseSequenceName="*epfid2d1_64",
        EchoPulseSequence="BOTH",
        EchoPlanarPulseSequence="YES",
        SpectrallySelectedSuppression="FAT",
    )
    shared = Dataset()
    shared.MRTimingAndRelatedParametersSequence = nested(RepetitionTime=500.0)
    shared.MRModifierSequence = nested(InversionRecovery="YES", InversionTimes=[120.0])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    facts = series_facts(dataset)
    assert facts.sequence_name == "*epfid2d1_64"
    assert facts.scanning_sequence == ("SE", "GR", "EP", "IR")
    assert facts.scan_options == ("FS",)
    assert (facts.repetition_time_ms, facts.inversion_time_ms) == (500, 120)
