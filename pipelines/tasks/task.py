"""The task file: everything that defines a data set, checked when it is read."""

import math
from dataclasses import dataclass, field
from typing import Literal

from pipelines.errors import DataError
from pipelines.storage import package_files
from pipelines.tasks import centre, channels, checks, spec
from pipelines.tasks.examples import EXAMPLES
from pipelines.tasks.sequence import Plane, Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target

_SHARE = 0.15  # of the patients, to validate and to test


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
        centre: of a `crop_or_pad`, in the slices (along the depth it is the stack's):
            `"middle"` of the image; `"motion"`, the middle of what differs between the
            two sequences of `centre_of`; `"centroid"`, of the foreground of the
            reference, which `centre_of` names. Studies in which none is found are
            rejected. About a mask: see steps.roi_share.
        centre_of: the sequences that the centre is found from.
    """

    orientation: Plane = "axial"
    reference: str | None = None
    fit: Literal["crop_or_pad", "resize"] = "resize"
    spacing_mm: tuple[float, float, float] | None = None
    shape: tuple[int, int, int]
    centre: Literal["middle", "motion", "centroid"] = "middle"
    centre_of: tuple[str, ...] = ()

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
        checks.check_centre(self.centre, self.centre_of, self.fit)
        if self.spacing_mm is not None and not all(
            math.isfinite(s) and s > 0 for s in self.spacing_mm
        ):
            raise ValueError(f"spacing must be positive. Received: {self.spacing_mm}")


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """Criteria that every required sequence must meet, looked at in the headers.

    Where the unit is the series they hold for every series that a rule names.

    Args:
        planes: allowed orientations of the acquired slices; empty = any.
        minimum_slices: fewest slices.
        minimum_matrix: fewest rows and columns.
        allow_partial: take a part of a series that lacks slices which other parts of it
            have, with a warning in the manifest; false rejects it.
    """

    planes: tuple[Plane, ...] = ()
    minimum_slices: int = 1
    minimum_matrix: tuple[int, int] = (1, 1)
    allow_partial: bool = False

    def __post_init__(self):
        if min(self.minimum_slices, *self.minimum_matrix) < 1:
            raise ValueError(
                "minimum_slices and minimum_matrix start at 1. "
                f"Received: {self.minimum_slices}, {self.minimum_matrix}"
            )


@dataclass(frozen=True, kw_only=True)
class Split:
    """How patients are divided, always whole patients, stratified by the main target.

    By its class; where it is a number, by the quarter of the cohort that it lies in.

    Args:
        kind: `"fractions"`; `"folds"` (k folds, with `holdout` set aside first);
            `"site"` (leave one site out; a site is a fold); `"official"` (the
            source's own split); `"validation_folds"` (k folds of which each validates
            while the others train, and nobody is tested).
        train: share of patients, only for `"fractions"`; 1 = everybody trains, as where
            something is tried with a few patients.
        validation: share of patients; by site, the share of every site's patients
            that validates while that site trains. 0.15, or 0 where `train` is 1.
        test: share of patients; 0.15, or 0 where `train` is 1.
        folds: how many, for the kinds that have some.
        holdout: share of patients set aside before folding.
        seed: of the order in which patients are dealt.
    """

    kind: Literal["fractions", "folds", "site", "official", "validation_folds"] = (
        "fractions"
    )
    train: float = 0.7
    validation: float | None = None
    test: float | None = None
    folds: int = 5
    holdout: float = 0.0
    seed: int = 0

    def __post_init__(self):
        rest = 0.0 if self.everybody_trains else _SHARE
        for part in ("validation", "test"):
            if getattr(self, part) is None:
                object.__setattr__(self, part, rest)
        shares = (self.train, self.validation, self.test)
        if self.kind == "fractions" and (
            min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or self.train == 0
        ):
            raise ValueError(
                "train, validation and test are shares that add up to 1. Received: "
                f"train = {shares[0]:g}, validation = {shares[1]:g}, test = "
                f"{shares[2]:g}"
            )
        if self.kind == "folds" and (self.folds < 3 or not 0 <= self.holdout < 1):
            raise ValueError(
                "folds wants at least 3 folds and 0 <= holdout < 1. "
                f"Received: folds={self.folds}, holdout={self.holdout}"
            )
        if self.kind == "validation_folds" and (self.folds < 2 or self.holdout):
            raise ValueError(
                "validation_folds wants at least 2 folds and no holdout. "
                f"Received: folds={self.folds}, holdout={self.holdout}"
            )
        if self.kind == "site" and not 0 < self.validation < 1:
            raise ValueError(
                "a split by site wants 0 < validation < 1. "
                f"Received: validation={self.validation}"
            )

    @property
    def everybody_trains(self) -> bool:
        """Whether nobody validates or is tested, as where something is tried."""
        return self.kind == "fractions" and self.train == 1


@dataclass(frozen=True, kw_only=True)
class Task:
    """The definition of a data set.

    Args:
        name: for people; a run's report shows it.
        description: likewise, in a sentence.
        unit: what one sample is: a study with its sequences as channels, or a series
            (one channel).
        study_key: which id is the `study_id` of labels.csv.
        key_column: which id says whose row of labels.csv it is, and the title that it
            has there; where there is such a column, others of ids are of no account.
        sequences: the channels, in this order, and what else they come from; or by
            series what a series may be.
        target: the main one, by which the split is balanced.
        further_targets: learned beside it, each with a name; not every sample needs
            them.
        missing_label: of a study without a row in labels.csv, or with an empty one:
            `"reject"` it; leave it out, counted (`"skip"`); or `"keep"` it for
            semi-supervised training, in a group `unlabelled` that no split has a part
            in, if no study of its patient has a label.
        covariates: columns of labels.csv to store, empty cells as NaN: numbers, unless
            `covariate_levels` says otherwise.
        covariate_levels: of each categorical covariate, what its cells may say.
        grid: where the voxels of a record lie.
        steps: what is done to a study before it is a record.
        inclusion: criteria that a study must meet.
        split: who trains, who validates, who tests.
    """

    name: str
    description: str = ""
    unit: Literal["study", "series"] = "study"
    study_key: Literal["study_uid", "accession_number"] = "study_uid"
    key_column: dict[Literal["patient_id", "study_id", "series_id"], str] | None = None
    sequences: tuple[Sequence, ...]
    target: Target
    further_targets: tuple[Target, ...] = ()
    covariates: tuple[str, ...] = ()
    covariate_levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing_label: Literal["reject", "skip", "keep"] = "reject"
    grid: Grid
    steps: Steps = field(default_factory=Steps)
    inclusion: Inclusion = field(default_factory=Inclusion)
    split: Split = field(default_factory=Split)

    def __post_init__(self):
        channels.check(
            self.sequences,
            unit=self.unit,
            reference=self.grid.reference,
            centre_of=self.grid.centre_of,
        )
        centre.check(
            self.grid.centre,
            self.grid.centre_of,
            reference=self.grid.reference,
            sequences=self.sequences,
            unit=self.unit,
            steps=self.steps,
        )
        checks.check_key_column(self.key_column, self.unit)
        checks.check_targets(self.targets)
        checks.check_covariates(
            self.covariates, self.covariate_levels, self.label_columns
        )
        if self.steps.roi_slices not in (0, self.grid.shape[0]):
            raise ValueError(
                "steps.roi_slices are the grid's slices, as many as grid.shape[0]. "
                f"Received: {self.steps.roi_slices}, {self.grid.shape[0]}"
            )
        if self.target.source == "sequence":
            self._check_target_is_sequence([one.name for one in self.sequences])
            if self.missing_label == "keep":
                raise ValueError(
                    "missing_label = 'keep' wants a target that labels.csv has and may "
                    "lack. Received: target.source = 'sequence', which every series has"
                )
        if self.unit == "series":
            self._check_one_channel()

    def _check_target_is_sequence(self, names: list[str]) -> None:
        if self.unit != "series":
            raise ValueError(
                "target.source = 'sequence' wants unit = 'series'. "
                f"Received: unit={self.unit!r}"
            )
        if not self.target.is_nominal or {*self.target.stated_classes} != {*names}:
            raise ValueError(
                "target.source = 'sequence' wants kind = 'classification' and the "
                f"sequences {names} as classes, in any order. Received: "
                f"kind={self.target.kind!r}, classes={list(self.target.classes)}"
            )

    def _check_one_channel(self) -> None:
        if self.grid.reference is not None or self.steps.registration != "none":
            raise ValueError(
                "a series is one channel: it has no grid.reference and nothing to "
                f"register to. Received: reference={self.grid.reference!r}, "
                f"registration={self.steps.registration!r}"
            )
        optional = [channel.name for channel in self.sequences if not channel.required]
        if optional:
            raise ValueError(
                "required = false is for the channels of a study, and the unit is the "
                f"series. Received: {optional}"
            )

    @property
    def targets(self) -> tuple[Target, ...]:
        """The main one, then the others: the order of the numbers of a record."""
        return (self.target, *self.further_targets)

    @property
    def target_columns(self) -> tuple[str, ...]:
        """What the columns of all targets are called."""
        return tuple(column for target in self.targets for column in target.columns)

    @property
    def label_columns(self) -> tuple[str, ...]:
        """Those of them that labels.csv has."""
        labelled = [target for target in self.targets if target.source == "labels"]
        return tuple(column for target in labelled for column in target.columns)

    @property
    def target_size(self) -> int:
        """How many numbers the target of a record has."""
        return sum(target.size for target in self.targets)

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the record's channels."""
        if self.unit == "series":
            return ("series",)
        return tuple(one.name for one in self.sequences if one.channel)

    @property
    def acquired(self) -> tuple[str, ...]:
        """What a study brings: channels that are not derived, and other sources."""
        if self.unit == "series":
            return self.channels
        return tuple(one.name for one in self.sequences if one.derive is None)

    @property
    def optional_channels(self) -> tuple[str, ...]:
        """The channels that a study may be without."""
        if self.unit == "series":
            return ()
        return tuple(o.name for o in self.sequences if o.channel and not o.required)

    @property
    def record_shape(self) -> tuple[int, int, int, int]:
        """`D, H, W, C` of every record."""
        return (*self.grid.shape, len(self.channels))

    @property
    def spec(self) -> str:
        """Digest of what a record's bytes mean, see `pipelines.tasks.spec`."""
        return spec.of(self)


def shipped() -> list[str]:
    """Names of the task files that the package ships."""
    return package_files.names("pipelines", "tasks")


def load(name_or_path: str) -> Task:
    """Reads a task from a `.toml` file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a task.
    """
    task = package_files.load(
        Task,
        name_or_path,
        package="pipelines",
        folder="tasks",
        word="task",
        examples=EXAMPLES,
    )
    if any(target.record_classes is not None for target in task.targets):
        raise DataError(
            f"{name_or_path}: target.record_classes is no key of a task file. Name the "
            "target's classes by target.classes"
        )
    return task
