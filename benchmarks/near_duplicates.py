"""What is found of copies, and how often two patients are taken for one.

    python benchmarks/near_duplicates.py ACDC [--patients 24]

Takes the end-diastolic volume of the first patients of the ACDC challenge, a folder of
`patientNNN/ED.nii.gz`. Each is brought onto two grids, that of the shipped task `acdc`
(millimetres are kept) and one of 16x64x64 that a volume is scaled to, together with
copies of it: mirrored along each axis, shifted by a slice, without its first slice,
cropped in the plane, with other intensities, with noise, at half the resolution.
Prints as JSON, by grid: pairs of different patients that `pipelines.inspect` would name
(false alarms), and of each kind the share of copies that it names (hits), with the same
of the screen of `pipelines.ingest`, which compares hashes alone. Originals and the
copies of one kind lie in one data set, and any pair that is no copy and its original is
a false alarm, too.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.canonicalise import canonicalise
from pipelines.ingestion.near_copies import near_pairs
from pipelines.inspection.near_duplicates import similar_pairs, thumbnail
from pipelines.readers import nifti
from pipelines.readers.volume import Study, Volume
from pipelines.records.quantisation import quantise
from pipelines.records.volume_hash import near_hash
from pipelines.tasks.task import Grid, load


def changed(image, change):
    """The image with `change` of its values, where they are."""
    values = change(sitk.GetArrayFromImage(image))
    other = sitk.GetImageFromArray(np.rint(values).astype(np.int16))
    other.CopyInformation(image)
    return other


def shifted(values):
    """One slice up; the lowest stands twice, the highest is gone."""
    return np.concatenate([values[:1], values[:-1]])


def brightened(values):
    """A power of the intensities, as a display curve makes it."""
    values = values - values.min()
    return 1000 * (values / values.max()) ** 0.7


def noisy(values):
    """3 % of the deviation, of one seed."""
    draw = np.random.default_rng(0)
    return values + draw.normal(0, 0.03 * values.std(), values.shape)


def cropped(image, share):
    """Without `share` of rows and columns, half of it at each side."""
    columns, rows, _ = image.GetSize()
    x, y = round(columns * share / 2), round(rows * share / 2)
    return image[x : columns - x, y : rows - y, :]


WAYS = {
    "mirrored left to right": lambda image: changed(image, lambda v: v[:, :, ::-1]),
    "mirrored front to back": lambda image: changed(image, lambda v: v[:, ::-1]),
    "mirrored along the slices": lambda image: changed(image, lambda v: v[::-1]),
    "shifted by a slice": lambda image: changed(image, shifted),
    "first slice dropped": lambda image: image[:, :, 1:],
    "cropped by 10 %": lambda image: cropped(image, 0.1),
    "cropped by 20 %": lambda image: cropped(image, 0.2),
    "rescaled": lambda image: changed(image, lambda v: v * 0.37 + 20),
    "power 0.7": lambda image: changed(image, brightened),
    "noise": lambda image: changed(image, noisy),
    "half the resolution": lambda image: sitk.Shrink(image, [2, 2, 1]),
}


def codes_of(image, task):
    """The record's codes of one volume."""
    volume = Volume(image=image, sequence="ED", plane="axial")
    study = Study(study_id="s", patient_id="p", volumes={"ED": volume})
    canonical = canonicalise(study, task)
    return quantise(canonical.voxels, canonical.fill)


def measured(images, task):
    """False alarms and hits on one grid."""
    originals = [codes_of(image, task) for image in images]
    thumbnails = np.stack([thumbnail(c.codes, c.fill_code)[0] for c in originals])
    hashes = [near_hash(codes, 0) for codes in originals]
    number = len(images)
    table = {
        "patients": number,
        "pairs of patients": number * (number - 1) // 2,
        "false alarms": len(similar_pairs(thumbnails)),
        "false alarms at ingest": len(near_pairs(hashes)),
        "false alarms among copies": 0,
        "false alarms among copies at ingest": 0,
        "hits": {},
        "hits at ingest": {},
    }
    for way, change in WAYS.items():
        copies = [codes_of(change(image), task) for image in images]
        both = [thumbnail(c.codes, c.fill_code)[0] for c in copies]
        pairs = {
            "": similar_pairs(np.concatenate([thumbnails, np.stack(both)])),
            " at ingest": near_pairs(hashes + [near_hash(c, 0) for c in copies]),
        }
        for where, named in pairs.items():
            hits = sum(second - first == number for first, second in named)
            table[f"hits{where}"][way] = round(hits / number, 3)
            table[f"false alarms among copies{where}"] += len(named) - hits
    return table


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("acdc", type=Path)
    parser.add_argument("--patients", type=int, default=24)
    asked = parser.parse_args()
    folders = sorted(p for p in asked.acdc.iterdir() if p.is_dir())[: asked.patients]
    images = [nifti.read_image(str(folder / "ED.nii.gz")) for folder in folders]
    shipped = load("acdc")
    kept = replace(shipped, sequences=shipped.sequences[:1])
    scaled = replace(kept, grid=Grid(shape=(16, 64, 64), reference="ED"))
    tables = {"crop_or_pad": measured(images, kept), "resize": measured(images, scaled)}
    print(json.dumps(tables, indent=2))


if __name__ == "__main__":
    main()
