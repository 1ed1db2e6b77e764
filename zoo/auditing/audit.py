"""All checks of a data set, and of a run on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.characteristics.columns import Column, by_patient
from pipelines.characteristics.patients import CLASS, patient_columns
from pipelines.inspection import geometry, rejections, summary
from pipelines.inspection.geometry import Geometry
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.manifest import Row
from zoo.auditing import copies, label_permutation, scanner_baseline, split_balance
from zoo.auditing.finding import Finding
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.results.settings import Settings

_AXES = ("slice", "row", "column")
_SAME = 1e-3  # mm; spacings closer than that are one


@dataclass(frozen=True, kw_only=True)
class Request:
    """How checks are made.

    Args:
        permutations: of labels.
        settings: of intervals, and the seed.
    """

    permutations: int
    settings: Settings


def audit(
    data: DataSet, judged: Levels | None, request: Request, *, progress: bool = False
) -> list[Finding]:
    """Every check that the data set, and the run where there is one, allow.

    Args:
        judged: what the run predicts of the split that it is judged by.
        progress: a bar while the records are read.
    """
    rows = read_manifest(data)
    geometries = geometry.geometries(data, progress=progress)
    known = summary.summarise(data, rows, geometries, rejections.read_rejections(data))
    columns = patient_columns(rows, data.task)
    seed = request.settings.seed
    findings = [
        copies.patients_in_two_splits(rows, split_by=data.split_by),
        copies.copies_across_splits(rows, known.duplicates, known.near_duplicates),
    ]
    run = None if judged is None else judged.patient
    if CLASS in columns:
        findings += [
            split_balance.class_by_split(columns, seed=seed),
            split_balance.class_by_columns(columns, seed=seed),
        ]
        spacings = _spacings(data, rows, geometries)
        baseline, scanner = scanner_baseline.scanner_baseline(
            scanner_baseline.scanner_columns(columns, spacings),
            columns[CLASS],
            sorted({row.patient_id for row in rows}),
            permutations=request.permutations,
            settings=request.settings,
        )
        findings.append(baseline)
        if judged is not None:
            findings.append(
                scanner_baseline.against_run(scanner, run, request.settings)
            )
    else:
        findings.append(_left_out("class_by_columns", "a sample has no one class"))
    if judged is not None and run is None:
        reason = "some patients have samples of different truths"
        findings.append(_left_out("label_permutation", reason))
    if run is not None:
        findings.append(
            label_permutation.label_permutation(
                run, permutations=request.permutations, seed=seed
            )
        )
    return findings


def _left_out(check: str, reason: str) -> Finding:
    """A check that the data does not allow."""
    return Finding(check=check, found=None, lines=(f"not done: {reason}",))


def _spacings(
    data: DataSet, rows: Sequence[Row], geometries: Sequence[Geometry]
) -> list[Column]:
    """Millimetres between voxels by axis, one value a patient, where they vary.

    Of a grid that studies are scaled to they are the study's, of one in millimetres the
    same for all.
    """
    places = [(s.name, place) for s in data.shards for place in range(s.records)]
    of = dict(zip(places, geometries, strict=True))
    measured = np.array([of[row.shard, row.position].spacing_mm for row in rows])
    patients = [row.patient_id for row in rows]
    columns = [
        Column(name=f"spacing_{axis}_mm", values=values)
        for axis, values in zip(_AXES, measured.T)
        if np.ptp(values) > _SAME
    ]
    return [by_patient(column, patients) for column in columns]
