"""What is in a data set, as one value: from its files, without its voxels."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.cohort.duplicates import duplicate_groups
from pipelines.inspection.covariate_mix import CovariateOfGroup, covariates_by_group
from pipelines.inspection.geometry import Geometry
from pipelines.inspection.near_duplicates import near_duplicates
from pipelines.inspection.rejections import Rejected
from pipelines.records.data_set import Count, DataSet, SplitBy
from pipelines.records.manifest import Row
from pipelines.tasks.target import Target

ALL = "all"
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why studies were left out.

    Args:
        problem, cure: of the first of them.
    """

    code: str
    number: int
    problem: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class Spacing:
    """Of all records along one axis, in mm."""

    lowest: float
    median: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The known ones of a column, in its units."""

    known: int
    lowest: float
    mean: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What is in a data set. All ids are pseudonyms.

    Args:
        split_by: see `DataSet`.
        shape: D, H, W, C of every record.
        spacing_mm: by axis: slice, row, column; empty without records.
        groups: samples, patients and classes by split (and fold).
        facts: by fact (scanner, site, sex, age band), then by value, the number of
            samples in all and of each class: a scanner that goes with a class is a
            way to be right for the wrong reason.
        numbers: of every target without classes, by column.
        shares: of labels, and of the classes of further targets: samples that have it,
            and those of which it is known, by target and name.
        missing: samples without a sequence, by channel.
        clipped: samples with voxels that the quantisation clipped, by channel.
        train_only: patients that only ever train.
        reasons: why studies were left out, most frequent first.
        covariates: by name, then by group; see `CovariateOfGroup`.
        flow: found, excluded, included, as ingest counted.
        duplicates: samples whose voxels are equal.
        near_duplicates: pairs of samples of different patients that look alike.
    """

    path: str
    task: str
    unit: str
    format: int
    digest: str
    key_fingerprint: str
    versions: dict[str, str]
    channels: tuple[str, ...]
    orientation: str
    fit: str
    split_by: SplitBy = "patient"
    shape: tuple[int, int, int, int]
    spacing_mm: dict[str, Spacing]
    samples: int
    patients: int
    groups: dict[str, Count]
    facts: dict[str, dict[str, dict[str, int]]]
    numbers: dict[str, Numbers] = field(default_factory=dict)
    shares: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    clipped: dict[str, int] = field(default_factory=dict)
    train_only: int = 0
    reasons: tuple[Reason, ...] = ()
    flow: dict[str, Any] = field(default_factory=dict)
    duplicates: tuple[tuple[str, ...], ...] = ()
    near_duplicates: tuple[tuple[str, str], ...] = ()
    covariates: dict[str, dict[str, CovariateOfGroup]] = field(default_factory=dict)


def summarise(
    data: DataSet,
    rows: tuple[Row, ...],
    geometries: Iterable[Geometry],
    rejections: Iterable[Rejected],
) -> Summary:
    """Gathers what the manifest, the records' headers and rejected.csv say."""
    task, geometries = data.task, tuple(geometries)
    targets = _targets(rows, data)
    return Summary(
        path=data.path,
        task=task.name,
        unit=task.unit,
        format=data.format,
        digest=data.digest,
        key_fingerprint=data.key_fingerprint,
        versions=data.versions,
        channels=task.channels,
        orientation=task.grid.orientation,
        fit=task.grid.fit,
        split_by=data.split_by,
        shape=task.record_shape,
        spacing_mm=_spacing(geometries),
        samples=len(rows),
        patients=len({row.patient_id for row in rows}),
        groups=data.counts,
        facts={name: _mix(rows, data, fact) for name, fact in _FACTS.items()},
        numbers=_numbers(targets),
        shares=_shares(targets),
        missing={
            channel: sum(not geometry.present[index] for geometry in geometries)
            for index, channel in enumerate(task.channels)
        },
        clipped={
            channel: sum(row.clipped[index] > 0 for row in rows)
            for index, channel in enumerate(task.channels)
        },
        train_only=len({row.patient_id for row in rows if row.role == "train_only"}),
        reasons=_reasons(tuple(rejections)),
        flow=data.flow,
        duplicates=tuple(
            duplicate_groups((row.sample_id, row.volume_hash) for row in rows)
        ),
        near_duplicates=near_duplicates(rows, _thumbnails(data, rows, geometries)),
        covariates=covariates_by_group(rows, task),
    )


def _thumbnails(
    data: DataSet, rows: tuple[Row, ...], geometries: tuple[Geometry, ...]
) -> np.ndarray | None:
    """`[N, C, 16, 16, 16]` in the order of `rows`; none where they are not known.

    Args:
        geometries: in the order of the shards.
    """
    if not geometries or any(geometry.thumbnails is None for geometry in geometries):
        return None
    places = [(s.name, place) for s in data.shards for place in range(s.records)]
    of = dict(zip(places, geometries, strict=True))
    return np.stack([of[row.shard, row.position].thumbnails for row in rows])


def class_of(row: Row, data: DataSet) -> str:
    """The name of a row's class; "" where it has none (or several)."""
    if not data.task.target.is_single_label or not row.target:
        return ""
    return data.classes[int(row.target[0])]


def _scanner(row: Row) -> str:
    field_strength = row.field_strength_t
    strength = "" if field_strength is None else f" {field_strength:g} T"
    return (row.vendor or UNKNOWN) + strength


_FACTS: dict[str, Callable[[Row], str]] = {
    "scanner": _scanner,
    "site": lambda row: row.site or UNKNOWN,
    "sex": lambda row: row.sex or UNKNOWN,
    "age band": lambda row: row.age_band or UNKNOWN,
}


def _mix(
    rows: tuple[Row, ...], data: DataSet, fact: Callable[[Row], str]
) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        count = counts.setdefault(fact(row), Counter())
        count.update([ALL, class_of(row, data)])
    single = data.task.target.is_single_label
    names = (ALL, *data.classes) if single else (ALL,)
    return {
        value: {name: counts[value][name] for name in names} for value in sorted(counts)
    }


def _spacing(geometries: tuple[Geometry, ...]) -> dict[str, Spacing]:
    if not geometries:
        return {}
    measured = np.array([geometry.spacing_mm for geometry in geometries])
    return {
        axis: Spacing(
            lowest=round(float(column.min()), 3),
            median=round(float(np.median(column)), 3),
            highest=round(float(column.max()), 3),
        )
        for axis, column in zip(("slice", "row", "column"), measured.T)
    }


def _targets(rows: tuple[Row, ...], data: DataSet) -> list[tuple[Target, np.ndarray]]:
    """Every target, and its numbers `[N, R]`, NaN = not known."""
    numbers = np.array([row.target for row in rows if row.target], np.float64)
    numbers = numbers.reshape(-1, data.task.target_size)
    ends = np.cumsum([target.size for target in data.task.targets])
    return [
        (target, numbers[:, end - target.size : end])
        for target, end in zip(data.task.targets, ends)
    ]


def _numbers(targets: Iterable[tuple[Target, np.ndarray]]) -> dict[str, Numbers]:
    numbers = {}
    for target, values in targets:
        if target.has_classes:
            continue
        for name, column in zip(target.columns, values.T):
            known = column[~np.isnan(column)]
            if len(known):
                lowest, mean, highest = known.min(), known.mean(), known.max()
                numbers[name] = Numbers(
                    known=len(known),
                    lowest=float(lowest),
                    mean=float(mean),
                    highest=float(highest),
                )
    return numbers


def _shares(
    targets: Iterable[tuple[Target, np.ndarray]],
) -> dict[str, dict[str, tuple[int, int]]]:
    """The main target's classes stand in other tables already."""
    shares = {}
    for target, values in targets:
        if not target.has_classes or (target.is_single_label and not target.name):
            continue
        if target.is_single_label:
            values = np.where(
                np.isnan(values), values, values == np.arange(len(target.classes))
            )
        shares[target.name or "target"] = {
            name: (int(np.nansum(column)), int(np.sum(~np.isnan(column))))
            for name, column in zip(target.classes, values.T)
        }
    return shares


def _reasons(rejections: tuple[Rejected, ...]) -> tuple[Reason, ...]:
    first: dict[str, Rejected] = {}
    for rejection in rejections:
        first.setdefault(rejection.code, rejection)
    numbers = Counter(rejection.code for rejection in rejections)
    return tuple(
        Reason(
            code=code, number=number, problem=first[code].problem, cure=first[code].cure
        )
        for code, number in sorted(numbers.items(), key=lambda item: (-item[1], item))
    )
