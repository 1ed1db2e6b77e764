"""Whether the memory of ingest grows with the number of studies.

    python benchmarks/ingest_memory.py [--studies 250 500 1000 2000] [--slices 20]

Writes that many tiny synthetic studies as DICOM (16x16, one series), ingests them with
two workers in a process of its own, and prints the peak of resident memory of the
program and of its largest worker, in MB, as JSON, with what a further study adds.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TASK = """
name = "tiny"
[target]
kind = "classification"
classes = ["no", "yes"]
columns = ["label"]
[grid]
shape = [8, 16, 16]
[[sequences]]
name = "T2WI"
[sequences.match]
description = "t2"
"""


def template(slices):
    """The files of one study, whose ids end in noughts that are to be replaced."""
    import io

    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

    for index in range(slices):
        image = Dataset()
        image.SOPClassUID = MRImageStorage
        image.SOPInstanceUID = f"2.25.3{index:05d}.1000000"
        image.PatientID = "TINY000000"
        image.StudyInstanceUID = "2.25.1.1000000"
        image.SeriesInstanceUID = "2.25.2.1000000"
        image.Modality, image.SeriesNumber, image.InstanceNumber = "MR", 1, index + 1
        image.SeriesDescription, image.Manufacturer = "t2_tse_tra", "SIEMENS"
        image.ImageType = ["ORIGINAL", "PRIMARY", "M"]
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        image.ImagePositionPatient = [-17.123456, -18.654321, 3.3 * index]
        image.PixelSpacing, image.SliceThickness = [1.5, 1.5], 3.0
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.Rows = image.Columns = 16
        image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
        image.PixelRepresentation = 0
        image.add_new("PixelData", "OW", bytes(512))
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        written = io.BytesIO()
        image.save_as(written, enforce_file_format=True)
        yield written.getvalue()


def write(folder, studies, slices):
    """Writes the studies, their labels and the task."""
    files = list(template(slices))
    for study in range(studies):
        target = folder / "dicom" / f"{study:06d}"
        target.mkdir(parents=True)
        number = b"%06d" % study
        for index, content in enumerate(files):
            content = re.sub(rb"(TINY|\.1)000000", rb"\g<1>" + number, content)
            pixels = random.Random(study * 1000 + index).randbytes(512)
            pixels = bytes(b & 15 if i % 2 else b for i, b in enumerate(pixels))
            (target / f"{index:03d}").write_bytes(content[:-512] + pixels)
    rows = (f"TINY{study:06d},{('no', 'yes')[study % 2]}" for study in range(studies))
    (folder / "labels.csv").write_text(
        "\n".join(("patient_id,label", *rows)) + "\n", encoding="utf-8"
    )
    (folder / "task.toml").write_text(TASK, encoding="utf-8")


def peak_mb(process):
    """Peak of resident memory of a process so far."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def watch_workers(peaks, ended):
    """Notes the peak of the largest worker, until `ended`."""
    from multiprocessing import forkserver

    while not ended.wait(0.05):
        server = forkserver._forkserver._forkserver_pid
        try:
            text = Path(f"/proc/{server}/task/{server}/children").read_text(
                encoding="utf-8"
            )
            peaks.append(max(peak_mb(child) for child in text.split()))
        except (OSError, ValueError, AttributeError):
            continue  # none is there, or it has just ended


def ingest(folder):
    """Ingests what lies in `folder`; prints peaks and seconds as JSON."""
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    from pipelines.ingestion.ingest_cohort import ingest
    from pipelines.ingestion.request import Request
    from pipelines.tasks import task as tasks

    before, peaks, ended = peak_mb(os.getpid()), [0.0], threading.Event()
    watching = threading.Thread(target=watch_workers, args=(peaks, ended), daemon=True)
    watching.start()
    start = time.perf_counter()
    result = ingest(
        Request(
            kind="dicom",
            source=folder / "dicom",
            labels=folder / "labels.csv",
            task=tasks.load(str(folder / "task.toml")),
            key=folder / "key",
            out=folder / "dataset",
            workers=2,
        )
    )
    seconds = time.perf_counter() - start
    ended.set()
    watching.join()
    numbers = {
        "studies": result.flow.included,
        "seconds": round(seconds, 1),
        "program_mb_before": round(before, 1),
        "program_mb": round(peak_mb(os.getpid()), 1),
        "worker_mb": round(max(peaks), 1),
    }
    print(json.dumps(numbers))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--studies", type=int, nargs="+", default=[250, 500, 1000, 2000]
    )
    parser.add_argument("--slices", type=int, default=20)
    parser.add_argument("--ingest", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ingest:
        ingest(options.ingest)
        return
    turns = []
    for studies in options.studies:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), studies, options.slices)
            done = subprocess.run(
                [sys.executable, __file__, "--ingest", folder],
                check=True,
                capture_output=True,
                encoding="utf-8",
            )
            turns.append(json.loads(done.stdout.splitlines()[-1]))
    first, last = turns[0], turns[-1]
    more = max(1, last["studies"] - first["studies"])
    print(
        json.dumps(
            {
                "slices": options.slices,
                "turns": turns,
                "program_kb_a_study": round(
                    1024 * (last["program_mb"] - first["program_mb"]) / more, 1
                ),
                "worker_kb_a_study": round(
                    1024 * (last["worker_mb"] - first["worker_mb"]) / more, 1
                ),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
