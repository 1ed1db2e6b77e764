"""Every DICOM file that pydicom and nibabel ship with their tests, and what it is here.

    python benchmarks/shipped_dicom.py

Each file is scanned alone, as if it were all that a hospital had exported: it becomes a
volume, is refused with a cause, or is ignored with one. What becomes a volume is held
against pydicom's own values. The exit code is 1 if a file ends any other way.
"""

import argparse
import gzip
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.ingestion.wanted_images import wanted_images
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Match
from pipelines.tasks.sequence import Sequence as TaskSequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

_ANYTHING = Match(description=".")  # of modality MR


def main(argv: Sequence[str]) -> int:
    """Prints the table, then how many files end in which way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="files whose path has this"
    )
    asked = parser.parse_args(argv)
    counts: Counter[tuple[str, str]] = Counter()
    for package, path in _files():
        if asked.only in str(path):
            ends = outcomes(path)
            counts.update([(ends[0][0], _kind(*ends[0]))])
            for outcome, cause in ends:
                print(f"{package:8}  {path.name:45}  {outcome:8}  {cause}")
    print()
    for (outcome, kind), number in sorted(counts.items()):
        print(f"{number:4}  {outcome:8}  {kind}")
    print(f"{sum(counts.values()):4}  files")
    return int(any(outcome in ("crash", "wrong") for outcome, _ in counts))


def _kind(outcome: str, cause: str) -> str:
    """The cause without what is of one file: the code of a refusal, the reason."""
    if outcome == "read":
        return "" if "[" not in cause else cause[cause.index("[") :]
    return cause.split(":")[0]


def _files() -> Iterator[tuple[str, Path]]:
    """What may be DICOM: all but what the packages themselves call otherwise."""
    for package, folder in (
        ("pydicom", Path(pydicom.__file__).parent / "data"),
        ("nibabel", Path(nibabel.__file__).parent),
    ):
        for path in sorted(folder.rglob("*")):
            dicom = path.name.endswith((".dcm", ".dcm.gz")) or "test_files" in str(path)
            if path.is_file() and dicom and path.suffix not in (".py", ".pyc"):
                yield package, path


def outcomes(path: Path) -> list[tuple[str, str]]:
    """Outcome and cause of each series of a file: read, refused, ignored or crash."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name.removesuffix(".gz")
        if path.suffix == ".gz":
            copy.write_bytes(gzip.decompress(path.read_bytes()))
        else:
            shutil.copy(path, copy)
        try:
            return [*_outcomes(copy)]
        except Exception as error:  # what this script is there to find
            return [("crash", f"{type(error).__name__}: {error}")]


def _outcomes(path: Path) -> Iterator[tuple[str, str]]:
    found = scan_dicom.scan(path.parent)
    wanted = wanted_images(found, _task()).ignored
    reason = "; ".join(why for why in wanted if why not in found.ignored)
    for why in found.ignored:
        yield "ignored", why
    for fault in found.faults:
        yield "refused", f"{fault.error.code}: {fault.error.problem}"
    for series in found.series:
        outcome, cause = _read(series, path)
        yield outcome, f"{cause} [of no MR task: {reason}]" if reason else cause


def _read(series: Series, path: Path) -> tuple[str, str]:
    try:
        image = scan_dicom.read_image(series)
    except StudyError as error:
        return "refused", f"{error.code}: {error.problem}"
    size = " x ".join(map(str, image.GetSize()))
    difference = _difference(series, image, path)
    if difference is None:
        return "read", f"{series.part or 'whole'}, {size}; pydicom reads no pixels"
    if difference > 0:
        return "wrong", f"{size}, differs from pydicom by {difference}"
    return "read", f"{series.part or 'whole'}, {size}"


def _difference(series: Series, image: sitk.Image, path: Path) -> float | None:
    """Largest difference from pydicom's values, of whatever tiles and frames."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = pydicom.dcmread(path, force=True).pixel_array
    except Exception:  # pydicom's own faults are not the question here
        return None
    values = sitk.GetArrayFromImage(image).astype(np.float64)
    rows, columns = series.frames[0].stored_matrix
    stored = stored.reshape(-1, rows, columns).astype(np.float64)
    worst = 0.0
    for value, frame in zip(values, series.frames, strict=True):
        wanted = stored[frame.index]
        if frame.tile:
            down, right = divmod(frame.tile.number, frame.tile.across)
            top, left = down * frame.rows, right * frame.columns
            wanted = wanted[top : top + frame.rows, left : left + frame.columns]
        wanted = np.float32(wanted * frame.slope + frame.intercept)
        worst = max(worst, float(np.abs(np.float32(value) - wanted).max()))
    return worst


def _task() -> Task:
    return Task(
        name="anything",
        sequences=(TaskSequence(name="image", match=_ANYTHING),),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 4, 4)),
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)
    sys.exit(main(sys.argv[1:]))
