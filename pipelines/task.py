"""The task file: everything that defines a data set, checked when it is read."""

import math
import re
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal

from pipelines.errors import UsageError
from pipelines.structured import digest, load_toml

Plane = Literal["axial", "sagittal", "coronal"]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Conditions on a series' header; all that are stated must hold.

    Args:
        description: regular expression searched in SeriesDescription (case ignored).
        not_description: the same, must not be found.
        image_type: words that ImageType must contain (case ignored).
        not_image_type: words that it must not contain.
        b_value: lowest and highest b-value, both included, in s/mm2.
        diffusion: whether the series has a b-value at all.
        echo_time_ms, repetition_time_ms: lowest and highest, both included.
        plane: orientation of the slices.
        scan_options: words that ScanOptions must contain, e.g. `"FS"`.
        not_scan_options: words that it must not contain.
        scanning_sequence, not_scanning_sequence: likewise, e.g. `"SE"`, `"EP"`.
        prefer: which one to take where several series match; none = reject the study.
    """

    description: str | None = None
    not_description: str | None = None
    image_type: tuple[str, ...] = ()
    not_image_type: tuple[str, ...] = ()
    b_value: tuple[float, float] | None = None
    diffusion: bool | None = None
    echo_time_ms: tuple[float, float] | None = None
    repetition_time_ms: tuple[float, float] | None = None
    plane: Plane | None = None
    scan_options: tuple[str, ...] = ()
    not_scan_options: tuple[str, ...] = ()
    scanning_sequence: tuple[str, ...] = ()
    not_scanning_sequence: tuple[str, ...] = ()
    prefer: (
        Literal[
            "most_slices", "fewest_slices", "first", "last", "lowest_b", "highest_b"
        ]
        | None
    ) = None

    def __post_init__(self):
        for name in ("description", "not_description"):
            pattern = getattr(self, name)
            if pattern is not None:
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise ValueError(
                        f"{name} is no regular expression ({error}). "
                        f"Received: {pattern!r}"
                    ) from error
        for name in ("b_value", "echo_time_ms", "repetition_time_ms"):
            bounds = getattr(self, name)
            if bounds is not None and bounds[0] > bounds[1]:
                raise ValueError(f"{name} is lowest, highest. Received: {bounds}")


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """One sequence of the task, that is, one channel (or, by series, one name).

    Args:
        required: false keeps a study without it, with `present` 0 for the channel.
        match: how DICOM series are recognised; absent where a table names them.
    """

    name: str
    required: bool = True
    match: Match | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is to be predicted.

    Args:
        kind: how the target column(s) of labels.csv are read and learned.
        source: `"labels"` takes it from labels.csv; `"sequence"` (unit series only)
            takes the name of the sequence rule that the series matches.
        columns: target columns of labels.csv; one, except for multilabel and
            regression.
        classes: in the order of the class index; for multilabel one per column.
    """

    kind: Literal["classification", "multilabel", "ordinal", "regression"] = (
        "classification"
    )
    source: Literal["labels", "sequence"] = "labels"
    columns: tuple[str, ...] = ("label",)
    classes: tuple[str, ...] = ()

    def __post_init__(self):
        if self.kind in ("classification", "ordinal"):
            if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
                raise ValueError(
                    f"{self.kind} wants two or more different classes. "
                    f"Received: classes={self.classes}"
                )
            if len(self.columns) != 1:
                raise ValueError(
                    f"{self.kind} wants one column. Received: columns={self.columns}"
                )

    @property
    def size(self) -> int:
        """How many numbers a record's target has."""
        one = self.kind in ("classification", "ordinal")
        return 1 if one else len(self.columns)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The voxel grid that every sequence of a study is resampled onto.

    Args:
        orientation: axial grids run D to superior, H to posterior, W to the left;
            sagittal ones D to the left, H to inferior, W to posterior; coronal ones
            D to posterior, H to inferior, W to the left (the radiologist's view).
        reference: sequence whose frame the grid takes; none = the first present one.
        fit: `"crop_or_pad"` keeps `spacing_mm` and crops or pads about the centre to
            `shape`; `"resize"` scales what is left after the background crop to it.
        spacing_mm: D, H, W; only for `crop_or_pad`.
        shape: D, H, W.
    """

    orientation: Plane = "axial"
    reference: str | None = None
    fit: Literal["crop_or_pad", "resize"] = "resize"
    spacing_mm: tuple[float, float, float] | None = None
    shape: tuple[int, int, int]

    def __post_init__(self):
        if min(self.shape) < 1:
            raise ValueError(f"shape must be positive. Received: {self.shape}")
        if self.fit == "crop_or_pad" and self.spacing_mm is None:
            raise ValueError("fit = 'crop_or_pad' wants spacing_mm. Received: none")
        if self.fit == "resize" and self.spacing_mm is not None:
            raise ValueError(
                "fit = 'resize' takes its spacing from the study. "
                f"Received: spacing_mm={self.spacing_mm}"
            )
        if self.spacing_mm is not None and not all(
            math.isfinite(s) and s > 0 for s in self.spacing_mm
        ):
            raise ValueError(f"spacing must be positive. Received: {self.spacing_mm}")


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What is done to a study before it is a record.

    Args:
        n4: N4 bias field correction of every sequence (Tustison et al., 2010).
        registration: `"rigid"` aligns every sequence to the reference one.
        background_crop: crop to the box of what is not background.
        gzip: compress the shards (0.7 of the size, a fraction of the reading speed).
    """

    n4: bool = False
    registration: Literal["none", "rigid"] = "none"
    background_crop: bool = False
    gzip: bool = False


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """Criteria a study must meet, looked at before any pixel is read.

    Args:
        planes: allowed orientations of the acquired slices; empty = any.
        minimum_slices: of every required sequence.
        minimum_matrix: rows, columns of every required sequence.
    """

    planes: tuple[Plane, ...] = ()
    minimum_slices: int = 1
    minimum_matrix: tuple[int, int] = (1, 1)


@dataclass(frozen=True, kw_only=True)
class Split:
    """How patients are divided, always whole patients and stratified by class.

    Args:
        kind: `"fractions"`; `"folds"` (k folds, with `holdout` set aside first);
            `"site"` (leave one site out; a site is a fold); `"official"` (the
            source's own split).
        validation: share of patients; by site, the share of the training sites.
        holdout: share of patients set aside before folding.
    """

    kind: Literal["fractions", "folds", "site", "official"] = "fractions"
    train: float = 0.7
    validation: float = 0.15
    test: float = 0.15
    folds: int = 5
    holdout: float = 0.0
    seed: int = 0

    def __post_init__(self):
        shares = (self.train, self.validation, self.test)
        if self.kind == "fractions" and (
            min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or self.train == 0
        ):
            raise ValueError(
                f"train, validation and test are shares of 1. Received: {shares}"
            )
        if self.kind == "folds" and (self.folds < 3 or not 0 <= self.holdout < 1):
            raise ValueError(
                "folds wants at least 3 folds and 0 <= holdout < 1. "
                f"Received: folds={self.folds}, holdout={self.holdout}"
            )


@dataclass(frozen=True, kw_only=True)
class Task:
    """The definition of a data set.

    Args:
        unit: what one sample is: a study with its sequences as channels, a series
            (one channel), or a slice (leaks between splits of images; marked so).
        study_key: which id is the `study_id` of labels.csv.
        missing_label: `"reject"` a study without a row in labels.csv, or leave it out
            silently counted (`"skip"`).
        covariates: numeric columns of labels.csv to store, empty cells as NaN.
    """

    name: str
    description: str = ""
    unit: Literal["study", "series", "slice"] = "study"
    study_key: Literal["study_uid", "accession_number"] = "study_uid"
    sequences: tuple[Sequence, ...]
    target: Target
    covariates: tuple[str, ...] = ()
    missing_label: Literal["reject", "skip"] = "reject"
    grid: Grid
    steps: Steps = field(default_factory=Steps)
    inclusion: Inclusion = field(default_factory=Inclusion)
    split: Split = field(default_factory=Split)

    def __post_init__(self):
        names = [sequence.name for sequence in self.sequences]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"sequences want different names. Received: {names}")
        if self.grid.reference is not None and self.grid.reference not in names:
            raise ValueError(
                f"grid.reference is none of the sequences {names}. "
                f"Received: {self.grid.reference!r}"
            )
        if self.target.source == "sequence" and self.unit != "series":
            raise ValueError(
                "target.source = 'sequence' wants unit = 'series'. "
                f"Received: unit={self.unit!r}"
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the record's channels."""
        if self.unit == "series":
            return ("series",)
        return tuple(sequence.name for sequence in self.sequences)

    @property
    def record_shape(self) -> tuple[int, int, int, int]:
        """`D, H, W, C` of every record."""
        return (*self.grid.shape, len(self.channels))

    @property
    def spec(self) -> str:
        """Digest of what a record's bytes mean: grid, channels, steps and target."""
        return digest(
            {
                "format": 1,
                "unit": self.unit,
                "channels": list(self.channels),
                "shape": list(self.grid.shape),
                "orientation": self.grid.orientation,
                "fit": self.grid.fit,
                "spacing_mm": list(self.grid.spacing_mm or ()),
                "steps": [
                    self.steps.n4,
                    self.steps.registration,
                    self.steps.background_crop,
                ],
                "kind": self.target.kind,
                "classes": list(self.target.classes),
                "columns": list(self.target.columns),
                "covariates": list(self.covariates),
            }
        )


def shipped() -> list[str]:
    """Names of the task files that the package ships."""
    files = resources.files("pipelines").joinpath("tasks").iterdir()
    return sorted(f.name[: -len(".toml")] for f in files if f.name.endswith(".toml"))


def load(name_or_path: str) -> Task:
    """Reads a task from a file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a task.
    """
    if Path(name_or_path).suffix == ".toml":
        return load_toml(Task, name_or_path)
    if name_or_path not in shipped():
        raise UsageError(
            f"no task named {name_or_path!r}. Name a .toml file or one of "
            f"{', '.join(shipped())}"
        )
    with resources.as_file(
        resources.files("pipelines").joinpath("tasks", f"{name_or_path}.toml")
    ) as path:
        return load_toml(Task, path)
