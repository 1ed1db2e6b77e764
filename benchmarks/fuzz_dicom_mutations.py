"""Mutations of the files of a DICOM series, by their bytes and by their tags."""

import copy
import random
from collections.abc import Iterator
from io import BytesIO

import fuzz_mutations as mutations
import pydicom

KINDS = ("flip", "cut", "drop", "double", "swap", "lie", "lose", "piece")
_LIES = {
    "Rows": (0, 1, 15, 17, 64, 65535),
    "Columns": (0, 1, 15, 17, 64, 65535),
    "BitsAllocated": (1, 8, 12, 16, 32, 64),
    "BitsStored": (0, 8, 10, 15, 16, 32),
    "HighBit": (0, 7, 9, 11, 16, 31),
    "PixelRepresentation": (0, 1, 2),
    "SamplesPerPixel": (0, 1, 3),
    "NumberOfFrames": ("0", "1", "2", "5", "-1", "99999"),
    "PhotometricInterpretation": ("MONOCHROME1", "RGB", "PALETTE COLOR", ""),
    "RescaleSlope": ("0", "2", "-1", "1e30", "1e-12"),
    "RescaleIntercept": ("-1024", "7.5", "1e30"),
    "PixelSpacing": (["0", "0"], ["1"], ["-1", "1"], ["3", "0.5"], ["1e9", "1e9"]),
    "ImagePositionPatient": (["0", "0", "0"], ["1", "2"], ["1e12", "0", "0"]),
    "ImageOrientationPatient": (
        ["1", "0", "0", "0", "0", "-1"],
        ["1", "0", "0", "1", "0", "0"],
        ["0"] * 6,
        ["1", "0", "0"],
    ),
    "SliceThickness": ("0", "-5", "", "1e9"),
    "InstanceNumber": ("1", "", "99"),
    "Modality": ("CT", "SEG", ""),
    "SOPInstanceUID": ("1.2.3",),
    "SeriesInstanceUID": ("1.2.3", ""),
    "StudyInstanceUID": ("1.2.3", ""),
}
_HEADER_BYTES = 1500
_CSA = (0x0029, 0x1010)  # Siemens' header inside the header
_CSA_NAMES = (b"NumberOfImagesInMosaic", b"SliceNormalVector", b"B_value")
_CSA_VALUE = 100  # bytes from the name of an element to its first value


def mutate(
    source: random.Random, files: dict[str, bytes], kinds: tuple[str, ...] = KINDS
) -> str:
    """Changes `files` by one mutation of those kinds; its name."""
    name = source.choice([*files])
    other = files[source.choice([*files])]
    content = files[name]
    match source.choice(kinds):
        case "flip":
            files[name] = mutations.flipped(source, content, first=_HEADER_BYTES)
            return "bytes flipped"
        case "cut":
            files[name] = mutations.truncated(source, content)
            return "truncated"
        case "piece":
            change = source.choice((mutations.dropped, mutations.doubled))
            files[name] = change(source, content)
            return "a piece dropped or doubled"
        case "lose" if len(files) > 1:
            del files[name]
            return "a file lost"
        case "double":
            files[f"again-{name}"] = _edited(source, content, _renamed)
            return "a file doubled"
        case "swap":
            changed = _edited(source, content, lambda s, d: _taken(s, d, other))
            files[name] = changed
            return "a tag swapped"
        case "lie":
            files[name] = _edited(source, content, _lied)
            return "a tag lies"
        case "nested":
            files[name] = _edited(source, content, _nested)
            return "a nested tag changed"
        case "csa":
            files[name] = _edited(source, content, _csa_changed)
            return "a CSA header changed"
    files[name] = _edited(source, content, _less)
    return "a tag dropped"


def _edited(source, content, change) -> bytes:
    """A file with its header changed; flipped where it is no longer one."""
    try:
        header = pydicom.dcmread(BytesIO(content), force=True)
        change(source, header)
        written = BytesIO()
        header.save_as(written, enforce_file_format=False)
    except Exception:  # pydicom refuses in many ways what was mutated before
        return mutations.flipped(source, content)
    return written.getvalue()


def _renamed(source: random.Random, header: pydicom.Dataset) -> None:
    if source.random() < 0.5:
        header.SOPInstanceUID = "1.2.3.4"


def _taken(source: random.Random, header: pydicom.Dataset, other: bytes) -> None:
    giver = pydicom.dcmread(BytesIO(other), force=True)
    tags = sorted(giver.keys())
    if source.random() < 0.7:
        tags = [tag for tag in tags if tag.group in (0x18, 0x20, 0x28)] or tags
    tag = source.choice(tags)
    header[tag] = copy.deepcopy(giver[tag])


def _lied(source: random.Random, header: pydicom.Dataset) -> None:
    keyword = source.choice([*_LIES])
    setattr(header, keyword, source.choice(_LIES[keyword]))


def _less(source: random.Random, header: pydicom.Dataset) -> None:
    del header[source.choice(sorted(header.keys()))]


def _nested(source: random.Random, header: pydicom.Dataset) -> None:
    """A tag of an item of a sequence is dropped, doubled, lies, or the item is."""
    places = [*_items(header)]
    if not places:
        _lied(source, header)
        return
    sequence, index = source.choice(places)
    item = sequence[index]
    match source.choice(("drop", "lie", "lie", "swap", "item", "items")):
        case "drop" if len(item):
            del item[source.choice(sorted(item.keys()))]
        case "lie" if any(keyword in item for keyword in _LIES):
            keyword = source.choice([word for word in _LIES if word in item])
            setattr(item, keyword, source.choice(_LIES[keyword]))
        case "swap":
            others = [
                s[n] for s, n in places if len(s[n]) and s[n].keys() == item.keys()
            ]
            giver = source.choice(others or [item])
            item.update(copy.deepcopy(giver))
        case "item":
            del sequence[index]
        case _:
            sequence.insert(index, copy.deepcopy(item))


def _items(header: pydicom.Dataset) -> Iterator[tuple[pydicom.Sequence, int]]:
    for element in header:
        if element.VR == "SQ":
            for index, item in enumerate(element.value):
                yield element.value, index
                yield from _items(item)


def _csa_changed(source: random.Random, header: pydicom.Dataset) -> None:
    """Siemens' own header is damaged, or says another thing of the mosaic."""
    if _CSA not in header:
        _lied(source, header)
        return
    content = header[_CSA].value
    if source.random() < 0.5:
        change = (mutations.flipped, mutations.dropped, mutations.truncated)
        header[_CSA].value = source.choice(change)(source, content)
        return
    place = content.find(source.choice(_CSA_NAMES)) + _CSA_VALUE + source.randrange(3)
    digit = source.choice(b"0123456789-.e\0").to_bytes()
    header[_CSA].value = content[:place] + digit + content[place + 1 :]
