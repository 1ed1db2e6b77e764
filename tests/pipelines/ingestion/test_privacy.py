"""Nothing that could identify a patient leaves ingest: every output byte is scanned."""

import zlib

import pydicom
import pytest
from pydicom.datadict import dictionary_VR

from pipelines.errors import DataError
from pipelines.ingestion import ingest_cohort

# What is planted in text elements, by value representation.
_SECRETS = {
    "PN": "SECRETNAME^JANE",
    "LO": "SECRETLONG",
    "SH": "SECRETSHORT",
    "ST": "SECRETTEXT",
    "LT": "SECRETLONGTEXT",
    "UT": "SECRETUNLIMITED",
    "DA": "19330219",
    "TM": "031415.926",
    "DT": "19330219031415",
    "AS": "087Y",
    "AE": "SECRETAE",
    "UC": "SECRETUC",
}
# fmt: off
_KEYWORDS = (
    "PatientName", "OtherPatientIDs", "PatientBirthDate", "PatientBirthTime",
    "PatientAge", "PatientAddress", "PatientComments", "MilitaryRank",
    "EthnicGroup", "Occupation", "AdditionalPatientHistory",
    "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName",
    "PhysiciansOfRecord", "RequestingPhysician", "InstitutionName",
    "InstitutionAddress", "InstitutionalDepartmentName", "StationName",
    "DeviceSerialNumber", "SoftwareVersions", "ManufacturerModelName",
    "StudyDescription", "StudyID", "AccessionNumber", "StudyDate", "SeriesDate",
    "AcquisitionDate", "ContentDate", "StudyTime", "SeriesTime", "AcquisitionTime",
    "ContentTime", "ProtocolName", "ImageComments", "RequestedProcedureDescription",
    "PerformedProcedureStepDescription", "ContrastBolusAgent", "BodyPartExamined",
    "SequenceName", "RequestAttributesSequence",
)
# fmt: on


def plant(path, folder_id):
    """Writes secrets into all the text elements of a file, and a private one."""
    file = pydicom.dcmread(path)
    file.PatientID = f"SECRETID{folder_id}"
    for keyword in _KEYWORDS:
        value = _SECRETS.get(dictionary_VR(keyword))
        if value:
            setattr(file, keyword, value)
    file.SeriesDescription = f"{file.SeriesDescription} SECRETSERIES"
    block = file.private_block(0x0099, "SECRETCREATOR", create=True)
    block.add_new(0x01, "LO", "SECRETPRIVATE")
    file.save_as(path)


@pytest.fixture
def planted(source):
    """The cohort with secrets in every header, and labels by the planted ids."""
    lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    labels = dict(line.split(",") for line in lines[1:])
    rows, uids = ["patient_id,label"], set()
    for number, folder in enumerate(sorted((source / "dicom").iterdir())):
        paths = [path for path in folder.rglob("*") if path.is_file()]
        header = pydicom.dcmread(paths[0], stop_before_pixels=True)
        rows.append(f"SECRETID{number},{labels[header.PatientID]}")
        for path in paths:
            plant(path, number)
            header = pydicom.dcmread(path, stop_before_pixels=True)
            uids |= {header.StudyInstanceUID, header.SeriesInstanceUID}
            uids |= {header.SOPInstanceUID, header.get("FrameOfReferenceUID", "")}
    (source / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return source, uids - {""}


def outputs(folder):
    """Bytes of all files below a folder, as they are and unpacked where packed."""
    for path in sorted(folder.rglob("*")):
        yield path.name.encode()
        if path.is_file():
            content = path.read_bytes()
            yield content
            if path.suffix in (".gz", ".tfrecord") and content[:2] == b"\x1f\x8b":
                yield zlib.decompress(content, wbits=31)


def needles(source, uids):
    """What must not be found, in any case of letters."""
    found = {b"SECRET", b"19330219", b"031415", str(source).encode()}
    return found | {uid.encode() for uid in uids}


def test_no_output_byte_identifies_a_patient(planted, request_of, studies):
    source, uids = planted
    damaged = sorted(studies(source)[0])[3]
    damaged.write_bytes(damaged.read_bytes()[:-300])
    lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].split(",")[0] + ",SECRETCLASS"
    (source / "labels.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    result = ingest_cohort.ingest(request_of(source))
    assert {one.code for one in result.faults} == {
        "truncated",
        "unknown_class",
        "missing_label",
    }
    haystack = b"\n".join(outputs(result.path)).upper()
    for needle in needles(source, uids):
        assert needle.upper() not in haystack, needle
    assert "SECRETID" in result.text()  # the terminal does show the user's own ids


def test_what_an_interrupted_run_leaves_is_clean_too(planted, request_of):
    source, uids = planted
    labels = (
        (source / "labels.csv").read_text(encoding="utf-8").replace(",solid", ",ring")
    )
    (source / "labels.csv").write_text(
        labels.replace(",ring", ",solid", 1), encoding="utf-8"
    )
    request = request_of(source)
    with pytest.raises(DataError, match="single patient"):
        ingest_cohort.ingest(request)
    partial = request.out.with_name("dataset.partial")
    haystack = b"\n".join(outputs(partial)).upper()
    assert len(haystack) > 10_000
    for needle in needles(source, uids):
        assert needle.upper() not in haystack, needle


def test_the_private_linkage_resolves_pseudonyms(planted, request_of):
    source, _ = planted
    request = request_of(source)
    result = ingest_cohort.ingest(request)
    linkage = request.key.with_name("linkage.csv")
    assert linkage.stat().st_mode & 0o777 == 0o600
    assert "SECRETID0" in linkage.read_text(encoding="utf-8")
    manifest = (result.path / "manifest.csv").read_text(encoding="utf-8")
    line = next(
        li
        for li in linkage.read_text(encoding="utf-8").splitlines()
        if "SECRETID0" in li
    )
    assert line.split(",")[1] in manifest
