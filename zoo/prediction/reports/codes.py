"""Coded concepts of reports: of DICOM and SNOMED CT where they have one, else ours.

What a task predicts is in no dictionary. Its codes are of the private coding scheme
99MVZ, which every report declares: the first 12 hex digits of the SHA-256 of what the
code means (task, target and class, say), so the same class of the same task has the
same code in every report, and classes of two tasks never share one.
"""

import hashlib

from highdicom import UID
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import CodedConcept
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from zoo.prediction.reports import wording

SCHEME = "99MVZ"
UNKNOWN = codes.SCT.Unknown
NO_CLASS = codes.SCT.None_  # of an empty set
PRESENT, ABSENT = codes.SCT.Present, Code("272519000", "SCT", "Absent")  # CID 240
COMMENT = codes.DCM.Comment
FINDING = codes.DCM.Finding
PROCEDURE = codes.SCT.ImagingProcedure  # CID 100
# Annotations of UCUM (2.2, section 12) are units of 1. Viewers show the unit behind the
# number, where a bare "1" reads as another digit.
PROBABILITY = Code("{probability}", "UCUM", "probability")
SCORE = Code("{score}", "UCUM", "score")
# A task does not say in what unit its labels are.
UNIT_OF_LABELS = Code("{label_unit}", "UCUM", "unit of the training labels")
SOURCE_OF_DERIVED = Code("121322", "DCM", "Source image for image processing operation")
_MODALITIES = {
    "MR": Code("MR", "DCM", "Magnetic Resonance"),
    "CT": Code("CT", "DCM", "Computed Tomography"),
    "PT": Code("PT", "DCM", "Positron emission tomography"),
}


def modality(name: str) -> Code | None:
    """The code of a modality of CID 29 that a task may take; none of any other."""
    return _MODALITIES.get(name)


def private(meaning: str, *parts: str) -> CodedConcept:
    """A concept of the private scheme.

    Args:
        meaning: in words; cut to 64 characters.
        parts: what determines its code.
    """
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return CodedConcept(f"C{digest[:12]}", SCHEME, wording.long_string(meaning))


def schemes() -> list[CodingSchemeIdentificationItem]:
    """What a report declares of the coding schemes that it uses."""
    return [
        CodingSchemeIdentificationItem(
            designator="DCM",
            registry="HL7",
            uid=UID("1.2.840.10008.2.16.4"),
            name="DICOM Controlled Terminology",
        ),
        CodingSchemeIdentificationItem(
            designator="SCT",
            registry="HL7",
            uid=UID("2.16.840.1.113883.6.96"),
            name="SNOMED CT",
        ),
        CodingSchemeIdentificationItem(
            designator="UCUM",
            registry="HL7",
            uid=UID("2.16.840.1.113883.6.8"),
            name="Unified Code for Units of Measure",
        ),
        CodingSchemeIdentificationItem(
            designator=SCHEME,
            name="Targets and classes of tasks of mri-volume-zoo",
            responsible_organization=wording.SOFTWARE,
        ),
    ]
