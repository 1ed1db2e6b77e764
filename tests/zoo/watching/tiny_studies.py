"""Many tiny DICOM studies, each the copy of a phantom's T2WI with its own ids."""

import dataclasses
import io
import random

import numpy as np
from pydicom import dcmread

from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks

PLAN = Plan(patients=2, slices=(4, 4), matrix=(16, 16))


def make(folder, count):
    """The task, and the files of all studies in random order: (path, study, bytes).

    Each header says how many files its series has (0020,1209).
    """
    source = cohort.write(folder / "cohort", plan=PLAN)
    whole = tasks.load(str(source / "task.toml"))
    task = dataclasses.replace(
        whole, grid=dataclasses.replace(whole.grid, shape=(4, 8, 8))
    )
    patient = min((source / "dicom").iterdir())
    stack = [dcmread(path) for path in sorted(patient.glob("*/01_*/*"))]
    files = []
    for study in range(count):
        for number, image in enumerate(stack):
            image.PatientID = f"TINY-{study}"
            image.StudyInstanceUID = f"1.2.826.0.1.{study + 1}"
            image.SeriesInstanceUID = f"{image.StudyInstanceUID}.1"
            image.SOPInstanceUID = f"{image.StudyInstanceUID}.1.{number + 1}"
            image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
            image.NumberOfSeriesRelatedInstances = len(stack)
            voxels = np.frombuffer(image.PixelData, np.int16).copy()
            voxels[study % voxels.size] += study + 1  # no two studies are alike
            image.PixelData = voxels.tobytes()
            content = io.BytesIO()
            image.save_as(content, enforce_file_format=True)
            path = f"{study % 7}/{study % 3}/{study}-{number}.dcm"
            files.append((path, image.StudyInstanceUID, content.getvalue()))
    random.Random(0).shuffle(files)
    return task, files
