"""What the advice of `pipelines.inspect --alignment` finds, and how often it is wrong.

    python benchmarks/alignment.py [--acdc DIR] [--tcga DIR] [--prostatex DIR]
        [--studies 3]

Of each study one sequence is moved by known amounts on the grid of the record, from how
it lies: along a row by half a voxel to two, and turned in the plane by two and by five
degrees. Moved by a voxel or more, it should be called apart (hits); as it lies or by
half a voxel it should not (false alarms). Studies: phantoms (T2WI and ADC); the first
studies of ACDC (`patientNNN/ED.nii.gz` and `ES.nii.gz`, one breath-hold each, so that
they lie on each other but for the heart); one brain of TCGA as NIfTI (T2, T1, contrast
and FLAIR), whose patient moved between the series, so that all of it is apart; a study
of ProstateX as DICOM (T2 and ADC). What is not named is left out. Prints a table by
kind of study and motion, then the shares by threshold of the gain in mutual
information.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.canonicalise import canonicalise
from pipelines.ingestion.dicom_candidates import candidates
from pipelines.ingestion.dicom_choice import choose
from pipelines.ingestion.make_record import read_source
from pipelines.ingestion.work_item import DicomSource
from pipelines.inspection.alignment import Alignment, alignments
from pipelines.inspection.slice_picture import Shown
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers import nifti
from pipelines.readers.dicom import scan
from pipelines.readers.volume import Study, Volume
from pipelines.tasks import task as tasks
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

_MOTIONS = (  # voxels along a row, degrees in the plane
    *((0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (2.0, 0.0)),
    *((0.0, 2.0), (0.0, 5.0)),
)
_APART = ("TCGA, brain",)  # as it lies: see its figure
_SHAPE = (20, 112, 112)
_GAINS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
_BRAIN = {"T2": "MRHR_T2_AX", "T1": "/T1_AX", "T1C": "POST_GAD", "FLAIR": "FLAIR"}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One sequence of a study, moved.

    Args:
        true_voxels: how far it was moved, as `Alignment.moved_voxels` counts.
        gain: share by which registration raises the mutual information.
    """

    kind: str
    motion: tuple[float, float]
    true_voxels: float
    moved_voxels: float
    gain: float
    apart: bool


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("acdc", "tcga", "prostatex"):
        parser.add_argument(f"--{name}", type=Path, metavar="DIR")
    parser.add_argument("--studies", type=int, default=3, metavar="N")
    asked = parser.parse_args()
    measured = []
    for kind, shown, channels in _studies(asked):
        for sequence in range(1, len(channels)):
            pair = replace(
                shown,
                volume=shown.volume[..., [0, sequence]],
                foreground=shown.foreground[..., [0, sequence]],
            )
            names = (channels[0], channels[sequence])
            for motion in _MOTIONS:
                measured.append(_measured(kind, pair, names, motion))
                print(names, measured[-1], file=sys.stderr, flush=True)
    print(_by_motion(measured))
    print(_by_gain(measured))


def _measured(
    kind: str, pair: Shown, names: tuple[str, str], motion: tuple[float, float]
) -> Measured:
    (found,) = alignments(_moved(pair, motion), names, names[0])
    return Measured(
        kind=kind,
        motion=motion,
        true_voxels=math.inf if kind in _APART else _true_voxels(pair, motion),
        moved_voxels=found.moved_voxels,
        gain=_gain(found),
        apart=found.apart,
    )


def _gain(found: Alignment) -> float:
    return found.after / found.before - 1 if found.before else math.inf


def _moved(pair: Shown, motion: tuple[float, float]) -> Shown:
    """The second sequence shifted and turned about the middle of the volume."""
    if motion == (0.0, 0.0):
        return pair
    moving = sitk.GetImageFromArray(np.ascontiguousarray(pair.volume[..., 1]))
    spacing_mm = np.linalg.norm(pair.affine[:3, :3], axis=0)
    moving.SetSpacing(spacing_mm[::-1].tolist())
    transform = sitk.Euler3DTransform()
    middle = [(size - 1) / 2 for size in moving.GetSize()]
    transform.SetCenter(moving.TransformContinuousIndexToPhysicalPoint(middle))
    transform.SetRotation(0, 0, math.radians(motion[1]))
    transform.SetTranslation((motion[0] * float(spacing_mm[2]), 0, 0))
    least = float(pair.volume[..., 1].min())
    values = sitk.Resample(moving, moving, transform, sitk.sitkLinear, least)
    both = [pair.volume[..., 0], sitk.GetArrayFromImage(values)]
    return replace(pair, volume=np.stack(both, -1))


def _true_voxels(pair: Shown, motion: tuple[float, float]) -> float:
    """Of the corners of the middle half, in the plane."""
    _, rows, columns, _ = pair.volume.shape
    spacing_mm = np.linalg.norm(pair.affine[:3, :3], axis=0)
    corner_mm = math.hypot(*(0.25 * spacing_mm[1:] * (rows, columns)))
    turn_mm = 2 * corner_mm * math.sin(math.radians(motion[1]) / 2)
    return abs(motion[0]) + turn_mm / float(max(spacing_mm[1:]))


def _by_motion(measured: list[Measured]) -> str:
    """A line a motion: by kind of study, how many of how many are called apart."""
    kinds = list(dict.fromkeys(one.kind for one in measured))
    lines = [
        "| moved by | " + " | ".join(kinds) + " |",
        "|---" * (len(kinds) + 1) + "|",
    ]
    for shift, turn in _MOTIONS:
        cells = []
        for kind in kinds:
            here = [o for o in measured if (o.kind, o.motion) == (kind, (shift, turn))]
            gains = sorted(one.gain for one in here)
            cells.append(
                f"{sum(one.apart for one in here)} of {len(here)} "
                f"(gain {gains[0]:.3f} to {gains[-1]:.3f})"
            )
        name = f"{shift:g} voxels" if not turn else f"{turn:g} degrees"
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _by_gain(measured: list[Measured]) -> str:
    """Hits and false alarms where another gain were asked for."""
    far = [one for one in measured if one.true_voxels >= 1]
    near = [one for one in measured if one.true_voxels < 0.75]
    lines = ["| least gain | hits | false alarms |", "|---|---|---|"]
    for gain in _GAINS:
        shares = [
            sum(one.moved_voxels >= 1 and one.gain >= gain for one in group)
            for group in (far, near)
        ]
        lines.append(
            f"| {gain:.0%} | {shares[0]} of {len(far)} | {shares[1]} of {len(near)} |"
        )
    return "\n".join(lines)


def _studies(
    asked: argparse.Namespace,
) -> Iterator[tuple[str, Shown, tuple[str, ...]]]:
    """Kind, study and channels, the reference one first."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(patients=asked.studies, sequences=("T2WI", "ADC"))
        written = cohort.write(Path(folder) / "phantoms", plan=plan)
        task = tasks.load(str(written / "task.toml"))
        task = replace(task, grid=replace(task.grid, shape=_SHAPE))
        for one in list(_of_dicom(written / "dicom", task))[: asked.studies]:
            yield "phantoms", one, task.channels
    if asked.acdc is not None:
        task = tasks.load("acdc")
        for place in sorted(p for p in asked.acdc.iterdir() if p.is_dir()):
            if asked.studies:
                asked.studies -= 1
                files = {name: place / f"{name}.nii.gz" for name in task.channels}
                yield "ACDC, heart", _of_files(files, task), task.channels
    if asked.tcga is not None:
        files = {
            name: next(p for p in asked.tcga.rglob("*.nii.gz") if part in str(p))
            for name, part in _BRAIN.items()
        }
        task = _task(*(Sequence(name=name) for name in files))
        yield "TCGA, brain", _of_files(files, task), task.channels
    if asked.prostatex is not None:
        task = _task(
            Sequence(name="T2", match=Match(description="t2.*tra")),
            Sequence(name="ADC", match=Match(image_type=("ADC",))),
        )
        for one in _of_dicom(asked.prostatex, task):
            yield "ProstateX", one, task.channels


def _task(*sequences: Sequence) -> Task:
    return Task(
        name="pairs",
        sequences=sequences,
        target=Target(classes=("a", "b")),
        grid=Grid(shape=_SHAPE, reference=sequences[0].name),
    )


def _of_files(files: dict[str, Path], task: Task) -> Shown:
    return _shown(
        {
            name: Volume(
                image=nifti.read_image(str(path)), sequence=name, plane="axial"
            )
            for name, path in files.items()
        },
        task,
    )


def _of_dicom(folder: Path, task: Task) -> Iterator[Shown]:
    for candidate in candidates(scan.scan(folder), task):
        chosen = choose(candidate, task)
        yield _shown(
            {
                name: read_source(DicomSource(series=series), name)
                for name, series in chosen.items()
            },
            task,
        )


def _shown(volumes: dict[str, Volume], task: Task) -> Shown:
    """On the task's grid, unregistered."""
    task = replace(task, steps=replace(task.steps, registration="none", n4=False))
    study = Study(study_id="s", patient_id="p", volumes=volumes)
    canonical = canonicalise(study, task)
    voxels = canonical.voxels.astype(np.float32)
    return Shown(
        title="study",
        volume=voxels,
        foreground=voxels != np.array(canonical.fill, np.float32),
        affine=canonical.affine,
    )


if __name__ == "__main__":
    main()
