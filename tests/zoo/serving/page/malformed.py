"""Uploads that are wrong in every way that a seed comes upon."""

import gzip
import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Iterator

from tests.zoo.serving.page import pages

_NAMES = (
    "../out.nii",
    "/etc/passwd",
    "C:\\windows\\x.nii",
    "a/../../b",
    "",
    "\x00",
    "a" * 2000,
    "<img src=x onerror=alert(1)>.nii",
    "t2\n.nii",
    "🩻.nii.gz",
)
_TEXTS = (
    b"\x08\x00\x05\x00CS",  # SpecificCharacterSet
    b"\x08\x00\x18\x00UI",  # SOPInstanceUID
    b"\x08\x00\x20\x00DA",  # StudyDate
    b"\x10\x00\x10\x00PN",  # PatientName
    b"\x10\x00\x30\x00DA",  # PatientBirthDate
    b"\x10\x00\x40\x00CS",  # PatientSex
    b"\x20\x00\x0e\x00UI",  # SeriesInstanceUID
)
_VALUES = (None, True, -1, 1.5, 2**70, "x", [], {}, [[]], "../x", {"file": "a"})


def uploads(seed, count, *, dicom, nifti) -> Iterator[tuple[str, bytes]]:
    """Bodies, each with the name of what is wrong with it.

    Args:
        dicom: files by name of a study that is right.
        nifti: one file that is right, of the sequence T2WI.
    """
    chance = random.Random(seed)
    makers = (
        _noise,
        _manifest_length,
        _manifest_fields,
        _names,
        _sizes,
        _broken_zip,
        _zip_names,
        _zip_links,
        _zip_bomb,
        _zip_that_lies,
        _broken_nifti,
        _nifti_header,
        _gzip_bomb,
        _frames,
        _broken_dicom,
        _dicom_that_lies,
        _dicom_texts,
        _deflated_dicom,
    )
    for number in range(count):
        maker = makers[number % len(makers)]
        yield maker.__name__.strip("_"), maker(chance, dicom, nifti)


def _noise(chance, dicom, nifti):
    return chance.randbytes(chance.randrange(200))


def _manifest_length(chance, dicom, nifti):
    body = pages.body_of({"a": b"x"}, pages.manifest({"a": b"x"}))
    length = chance.choice((0, 1, 5, 2**31, 2**32 - 1, len(body)))
    return length.to_bytes(4, "little") + body[4:]


def _manifest_fields(chance, dicom, nifti):
    listed = pages.manifest({"a.nii": b"x"})
    for _ in range(chance.randrange(1, 3)):
        field = chance.choice([*listed, "further"])
        if chance.random() < 0.2:
            listed.pop(field, None)
        else:
            listed[field] = chance.choice(_VALUES)
    text = json.dumps(listed).encode()
    return len(text).to_bytes(4, "little") + text + b"x"


def _names(chance, dicom, nifti):
    return _of({chance.choice(_NAMES): b"x" * 400, "b": b""})


def _sizes(chance, dicom, nifti):
    listed = pages.manifest({"a": b"x" * 10, "b": b"y"})
    listed["files"][chance.randrange(2)]["size"] = chance.choice((-5, 0, 9, 11, 2**40))
    return pages.body_of({"a": b"x" * 10, "b": b"y"}, listed)


def _broken_zip(chance, dicom, nifti):
    return _of({"x.zip": _spoiled(chance, _zip(dict([*dicom.items()][:3])))})


def _zip_names(chance, dicom, nifti):
    members = {chance.choice(_NAMES[:4]): b"x", "b": b"y"}
    return _of({"x.zip": _zip(members)})


def _zip_links(chance, dicom, nifti):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link")
        kind = chance.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR))
        link.external_attr = (kind | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return _of({"x.zip": packed.getvalue()})


def _zip_bomb(chance, dicom, nifti):
    size = chance.choice((3, 5, 9)) * 2**20
    return _of({"x.zip": _zip({f"{n}": bytes(size) for n in range(2)})})


def _zip_that_lies(chance, dicom, nifti):
    """The directory says another size than what comes out, or another place."""
    packed = bytearray(_zip({"a": bytes(4000), "b": b"y" * 99}))
    entry = packed.index(b"PK\x01\x02")
    place = chance.choice((20, 24, 42))  # packed size, size, where it begins
    struct.pack_into("<I", packed, entry + place, chance.choice((1, 60, 2**32 - 2)))
    return _of({"x.zip": bytes(packed)})


def _broken_nifti(chance, dicom, nifti):
    return _of_nifti("t2.nii.gz", _spoiled(chance, nifti))


def _nifti_header(chance, dicom, nifti):
    header = bytearray(gzip.decompress(nifti)[: chance.choice((352, 4000, 10**6))])
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(348)
        header[place] = chance.randrange(256)
    if chance.random() < 0.3:
        struct.pack_into("<8h", header, 40, 3, *([32767] * 7))
    return _of_nifti("t2.nii", bytes(header))


def _gzip_bomb(chance, dicom, nifti):
    return _of_nifti("t2.nii.gz", gzip.compress(bytes(12 * 2**20)))


def _frames(chance, dicom, nifti):
    volume = {"file": "t2.nii.gz", "frame": chance.choice((-1, 1, 7, 2**40))}
    return _of({"t2.nii.gz": nifti}, sequences={"T2WI": volume})


def _broken_dicom(chance, dicom, nifti):
    spoiled = {name: _spoiled(chance, body) for name, body in dicom.items()}
    return _of(spoiled, reports=True)


def _dicom_that_lies(chance, dicom, nifti):
    """Rows, columns or bits that the pixels have not."""
    tags = {
        b"\x28\x00\x10\x00US": 8,
        b"\x28\x00\x11\x00US": 8,
        b"\x28\x00\x00\x01US": 8,
    }
    tag, value = chance.choice([*tags]), chance.choice((0, 1, 65535, 31))
    changed = {}
    for name, body in dicom.items():
        place = body.find(tag)
        lying = bytearray(body)
        if place >= 0:
            struct.pack_into("<H", lying, place + 8, value)
        changed[name] = bytes(lying)
    return _of(changed, reports=True)


def _dicom_texts(chance, dicom, nifti):
    """Values of the patient, the study and the character set that are noise."""
    tag = chance.choice(_TEXTS)
    noise = chance.randbytes(64)
    changed = {}
    for name, body in dicom.items():
        place = body.find(tag)
        spoiled = bytearray(body)
        if place >= 0:
            (length,) = struct.unpack_from("<H", body, place + 6)
            spoiled[place + 8 : place + 8 + length] = noise[:length].ljust(length)
        changed[name] = bytes(spoiled)
    return _of(changed, reports=True)


def _deflated_dicom(chance, dicom, nifti):
    """A header that says that what follows is deflated, and it is not."""
    plain, deflated = b"1.2.840.10008.1.2.1\x00", b"1.2.840.10008.1.2.1.99"
    name, body = next(iter(dicom.items()))
    return _of({name: body.replace(plain, deflated[: len(plain)], 1)})


def _of(files, **more):
    return pages.body_of(files, pages.manifest(files, **more))


def _of_nifti(name, body):
    return _of({name: body}, sequences={"T2WI": {"file": name}})


def _zip(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return packed.getvalue()


def _spoiled(chance, body):
    """Cut off, or with bytes that are other ones."""
    spoiled = bytearray(body)
    if chance.random() < 0.4:
        del spoiled[chance.randrange(len(spoiled) or 1) :]
    for _ in range(chance.choice((0, 1, 3, 20))):
        if spoiled:
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)
