"""What a look at a watched folder of many files costs, and what it keeps in memory.

Example: python benchmarks/watching.py --files 100000

The files are tiny DICOM images of a hundred each study. No study is predicted: it is
taken as answered once it is due, with the same notes in the journal. Times are those of
one process, the files in the system's cache; memory is that of the whole process.
"""

import argparse
import io
import resource
import tempfile
import time
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from pipelines.privacy.privacy import Key
from zoo.watching.arrivals import Arrivals
from zoo.watching.history import Answered, History
from zoo.watching.settings import WatchSettings

PER_STUDY = 100


def template():
    """A DICOM file of a header and four pixels, with places for its numbers."""
    image = Dataset()
    image.PatientID = "P900001"
    image.StudyInstanceUID = "1.2.900001"
    image.SeriesInstanceUID = "1.2.900001.1"
    image.SOPInstanceUID = "1.2.900001.1.900002"
    image.SOPClassUID = MRImageStorage
    image.Rows = image.Columns = 2
    image.PixelData = bytes(8)
    image["PixelData"].VR = "OW"
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    content = io.BytesIO()
    image.save_as(content, enforce_file_format=True)
    return content.getvalue()


def write(root, files):
    """The files, a folder for each study."""
    content = template()
    for number in range(files):
        study, index = divmod(number, PER_STUDY)
        folder = root / f"{study}"
        folder.mkdir(exist_ok=True)
        own = content.replace(b"900001", b"%06d" % (study + 100_000))
        own = own.replace(b"900002", b"%06d" % (index + 100_000))
        (folder / f"{index}.dcm").write_bytes(own)


def looked(arrivals, now):
    """Seconds of a look."""
    begun = time.perf_counter()
    arrivals.look(now)
    return time.perf_counter() - begun


def memory_mb():
    """The most that the process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def watched(root, folder):
    """A watcher of the folder as a new process has it."""
    history = History(folder / "journal", Key(secret=bytes(32)))
    arrivals = Arrivals(
        root, WatchSettings(), history, study_key=lambda file: file.study_uid
    )
    return arrivals, history


def main():
    """Prints a line for each kind of look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "in"
        root.mkdir()
        write(root, files)
        arrivals, history = watched(root, Path(folder))
        before = memory_mb()
        print(f"first look, all new: {looked(arrivals, 0):.2f} s")
        print(f"second, all headers read: {looked(arrivals, 5):.2f} s")
        print(f"all awaited: {looked(arrivals, 10):.2f} s")
        print(f"memory while all are awaited: {memory_mb() - before:.0f} MB")
        number = 0
        while (study := arrivals.due(100, 100)) is not None:
            number += 1
            answer = Answered(number=number, time="", outcome="answered")
            history.note_answer(study.record, answer, arrivals.tokens(study))
            arrivals.answered(study)
        print(f"all answered, within ten minutes: {looked(arrivals, 110):.2f} s")
        looked(arrivals, 700)
        print(f"all answered, later: {looked(arrivals, 705):.2f} s")
        journal = (Path(folder) / "journal").stat().st_size
        print(f"journal: {journal / files:.1f} bytes a file, {number} studies")
        begun = time.perf_counter()
        again, _ = watched(root, Path(folder))
        again.look(0)
        print(f"after a restart: {time.perf_counter() - begun:.2f} s")
        print(f"headers read again: {0 if again.is_idle else 'some'}")


if __name__ == "__main__":
    main()
