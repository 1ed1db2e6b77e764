"""Files that are there twice: one SOP instance, exported or copied again."""

import dataclasses
from collections import Counter

from pipelines.readers.dicom.headers import Frame, Series

# One file: what it says of its series, and its frames.
File = tuple[Series, tuple[Frame, ...]]


def without_copies(files: list[File]) -> tuple[list[File], int]:
    """Every SOP instance once, and how many files were copies.

    Files are copies if they share SOPInstanceUID, series, header and pixels. Of copies
    one that is whole and uncompressed is kept, else the first. An export that gives all
    its images one SOPInstanceUID has no copies: their headers differ.
    """
    times = Counter(frames[0].sop_uid for _, frames in files)
    if len(times) == len(files):
        return files, 0
    kept: list[File] = []
    instances: dict[tuple, list[int]] = {}  # places in `kept`
    copies = 0
    for file in files:
        sop_uid = file[1][0].sop_uid
        if not sop_uid or times[sop_uid] == 1:
            kept.append(file)
            continue
        alike = instances.setdefault(_identity(file), [])
        same = [i for i in alike if _same_pixels(kept[i][1][0], file[1][0])]
        if not same:
            alike.append(len(kept))
            kept.append(file)
            continue
        copies += 1
        if _rank(file[1][0]) < _rank(kept[same[0]][1][0]):
            kept[same[0]] = file
    return kept, copies


def _identity(file: File) -> tuple:
    header, frames = file
    bare = tuple(dataclasses.replace(f, path="", pixels=None) for f in frames)
    return header.patient_id, header.study_uid, header.series_uid, bare


def _rank(frame: Frame) -> tuple[bool, int]:
    """Lower is better: uncompressed, then with more of its pixels."""
    return frame.pixels.compressed, -frame.pixels.length_bytes


def _same_pixels(frame: Frame, other: Frame) -> bool:
    """Whether the pixels of two files are the same bytes, as far as both go.

    Where they are encoded in two ways, their headers decide.
    """
    if frame.pixels.syntax != other.pixels.syntax:
        return True
    contents = [_content(one) for one in (frame, other)]
    length = min(map(len, contents))
    return contents[0][:length] == contents[1][:length]


def _content(frame: Frame) -> bytes:
    """The bytes of the pixels; "" of a file that is gone, which reading will name."""
    try:
        with open(frame.path, "rb") as file:
            file.seek(frame.pixels.offset or 0)
            return file.read(
                -1 if frame.pixels.compressed else frame.pixels.length_bytes
            )
    except OSError:
        return b""
