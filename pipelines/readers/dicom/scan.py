"""DICOM files: a scan of their headers, and the image of one series."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import SimpleITK as sitk
from tqdm import tqdm

from pipelines.errors import DataError, UsageError
from pipelines.readers.dicom.classify_file import Found, Known
from pipelines.readers.dicom.copies import without_copies
from pipelines.readers.dicom.geometry import fault
from pipelines.readers.dicom.headers import Fault, Series
from pipelines.readers.dicom.pixels import rescale
from pipelines.readers.dicom.read_header import read_header
from pipelines.readers.dicom.series import assemble, check
from pipelines.readers.dicom.stored_values import stored_values
from pipelines.readers.diffusion.geometric_mean import geometric_mean
from pipelines.storage.executors import Processes

NAME_THE_FOLDER = (  # the cure of a command; who has no folder to name says another
    "Name the folder of the export; files may lie at any depth, but an archive "
    "(.zip) has to be unpacked"
)
_COPIES = "copies of other files"
_CHUNK = 48  # files that a process reads at a time


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What lies in a directory tree.

    Args:
        series: by patient, study, series number and part.
        ignored: number of files by reason: "DICOMDIR", "empty", "no pixels", "no
            study id", "not DICOM", "unreadable", "copies of other files", "in a
            directory that can't be read" (one for each such directory).
        faults: broken files of known studies.
    """

    series: tuple[Series, ...]
    ignored: dict[str, int]
    faults: tuple[Fault, ...]


def no_images(
    directory: str | os.PathLike, ignored: Mapping[str, int], kind: str = ""
) -> DataError:
    """The error where there is nothing to go on with below a directory.

    Args:
        ignored: number of files by reason.
        kind: of images, where only some are wanted.
    """
    received = ", ".join(f"{count} {why}" for why, count in sorted(ignored.items()))
    return DataError(
        f"no DICOM images below {directory}{kind and ' '}{kind}. Received, as other "
        f"files: {received or 'none'}. {NAME_THE_FOLDER}"
    )


def scan(
    directory: str | os.PathLike,
    *,
    processes: Processes | None = None,
    progress: bool = False,
) -> Scan:
    """Reads the headers of all files below `directory`, no pixels.

    Args:
        processes: that read; none = this one, which reads few files anyway.

    Raises:
        UsageError: `directory` is none.
        DataError: memory ran out.
    """
    if not os.path.isdir(directory):
        raise UsageError(f"{os.fspath(directory)} is not a directory")
    ignored = Counter()
    paths = _paths(directory, ignored)
    return _scan(paths, ignored, processes, progress=progress)


def scan_files(paths: Sequence[str]) -> Scan:
    """The same of files that are named, read by this process.

    Raises:
        DataError: memory ran out.
    """
    return _scan(sorted(paths), Counter(), None, progress=False)


def _scan(
    paths: list[str],
    ignored: Counter,
    processes: Processes | None,
    *,
    progress: bool,
) -> Scan:
    files, faults = [], []
    for outcome in _headers(paths, processes, progress=progress):
        if isinstance(outcome, str):
            ignored[outcome] += 1
        elif isinstance(outcome, Fault):
            faults.append(outcome)
        else:
            files.append(outcome)
    files, copies = without_copies(files)
    if copies:
        ignored[_COPIES] = copies
    return Scan(
        series=assemble(files), ignored=dict(sorted(ignored.items())), faults=(*faults,)
    )


def read_image(series: Series) -> sitk.Image:
    """Reads a series as a volume in LPS millimetres, slices ascending on the normal.

    Returns:
        int16 or int32 where rescaling leaves whole numbers that fit, else float32; a
        mean over gradient directions is float32.

    Raises:
        StudyError: what `series.check` raises, and truncated, undecodable_pixels,
            unsupported_syntax or negative_values.
    """
    geometry = check(series)
    if series.directions:
        images = map(read_image, series.directions)
        return geometric_mean(images, partial(fault, series))
    values = rescale(stored_values(series), series.frames)
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(geometry.spacing_mm)
    image.SetOrigin(geometry.origin_mm)
    image.SetDirection(geometry.direction)
    return image


def _paths(directory: str | os.PathLike, ignored: Counter) -> list[str]:
    """All files below `directory`; directories that can't be read are counted.

    Symbolic links are followed, each real directory and each file behind a link once.
    """

    paths: list[str] = []
    links: list[str] = []
    been: set[tuple[int, int]] = set()
    ahead = [os.fspath(directory)]
    while ahead:
        folder = ahead.pop()
        try:
            status = os.stat(folder)
            real = status.st_dev, status.st_ino
            if real in been:
                continue
            been.add(real)
            with os.scandir(folder) as entries:
                inside = list(entries)
        except OSError:
            ignored["in a directory that can't be read"] += 1
            continue
        for entry in inside:
            if entry.is_dir():
                ahead.append(entry.path)
            else:
                (links if entry.is_symlink() else paths).append(entry.path)
        ahead.sort(reverse=True)
    return sorted(paths + _behind(links, paths))


def _behind(links: list[str], paths: list[str]) -> list[str]:
    """Links to files, one for each that is not among `paths` itself."""
    known = set(map(os.path.realpath, paths)) if links else set()
    behind = {}
    for link in sorted(links):
        real = os.path.realpath(link)
        if real not in known:
            behind.setdefault(real, link)
    return list(behind.values())


def _headers(
    paths: list[str], processes: Processes | None, *, progress: bool
) -> Iterator[Found]:
    chunks = [paths[i : i + _CHUNK] for i in range(0, len(paths), _CHUNK)]
    alone = processes is None or processes.workers <= 1 or len(chunks) <= 2
    with tqdm(
        total=len(paths),
        desc="headers",
        unit="file",
        disable=None if progress else True,
    ) as bar:
        if alone:
            for outcome in _read_headers(paths):
                bar.update()
                yield outcome
            return
        for chunk in processes.pool().map(_read_chunk, chunks):
            bar.update(len(chunk))
            yield from chunk


def _read_chunk(paths: list[str]) -> list[Found]:
    return list(_read_headers(paths))


def _read_headers(paths: list[str]) -> Iterator[Found]:
    """Headers one by one; what images have alike is read once."""
    known = Known()
    for path in paths:
        yield read_header(path, known)
