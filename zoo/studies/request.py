"""What a study is asked for: its cohort, how much of it, and where it goes."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import UsageError
from pipelines.phantoms import plans
from pipelines.splits.roles import fold_names
from pipelines.tables import table_file
from pipelines.tasks import task as tasks
from zoo.studies.study import Study, Training


@dataclass(frozen=True, kw_only=True)
class Request:
    """A study on a cohort, checked against what the study wants.

    Args:
        name: of the study, for messages.
        study: what is done.
        kind: where the patients come from.
        source: of `"dicom"` the folder, of `"table"` the CSV; none of phantoms.
        labels, masks: of real patients.
        scale: of phantoms: share of the paper's patients; none = the plan's.
        quick: a small cohort and short trainings.
        seed: of phantoms; none = 0.
        without_weights: every network from scratch, whatever its recipe says.
        by_image: also with images, not patients, dealt to the splits.
        variants: train the variants, too.
        key: of the pseudonyms; none = one in `out`.
        out: the study's directory.
    """

    name: str
    study: Study
    kind: Literal["phantom", "dicom", "table"]
    source: Path | None = None
    labels: Path | None = None
    masks: Path | None = None
    scale: float | None = None
    quick: bool = False
    seed: int | None = None
    without_weights: bool = False
    by_image: bool = False
    variants: bool = False
    key: Path | None = None
    out: Path

    def __post_init__(self):
        self._check_phantom()
        if self.by_image and not self.study.by_image:
            raise UsageError(
                f"study {self.name}: --split-by image is for a paper that dealt images "
                "to its splits, and this one did not. Leave it out"
            )
        if self.variants and not any(run.variant for run in self.study.train):
            raise UsageError(f"study {self.name} has no variants: leave --variants out")
        self._check_real()
        for training in self.trainings:
            self._check_folds(training)

    def _check_phantom(self) -> None:
        is_phantom = self.kind == "phantom"
        if is_phantom and self.study.phantom is None:
            raise UsageError(
                f"study {self.name} has no phantom: give it patients by --dicom DIR or "
                "--table CSV, with --labels CSV"
            )
        for option in ("scale", "seed"):
            if getattr(self, option) is not None and not is_phantom:
                raise UsageError(f"--{option} goes with --phantom. Leave it out")
        if self.scale is not None and not 0 < self.scale <= 10:
            raise UsageError(
                "--scale is a share of the paper's patients, above 0 and at most 10. "
                f"Received: {self.scale:g}"
            )
        if is_phantom and (self.labels or self.masks):
            raise UsageError("--phantom brings labels and masks: leave yours out")

    def _check_real(self) -> None:
        if self.kind == "phantom":
            return
        wants = tasks.load(self.study.task).label_columns
        if wants and self.labels is None:
            raise UsageError(
                f"study {self.name} takes its target from a table: name it by --labels"
            )
        if self.masks is not None and self.kind == "table":
            raise UsageError(
                "--masks goes with --dicom; a table names masks in its column `mask`. "
                f"Received: --table with --masks {self.masks}"
            )
        if self.masks is not None and not self.study.masks:
            raise UsageError(f"study {self.name} crops to no mask: leave --masks out")
        if self.study.masks and self.kind == "dicom" and self.masks is None:
            raise UsageError(
                f"study {self.name} wants a mask for each patient: name the table of "
                "them by --masks CSV, see python -m pipelines.ingest --help"
            )
        for path in (self.source, self.labels, self.masks):
            if path is not None and not table_file.split_sheet(path)[0].exists():
                raise UsageError(f"{path} does not exist")

    def _check_folds(self, training: Training) -> None:
        split = self.task_of(training).split
        has_folds = split.kind == "site" or bool(fold_names((), split))
        if training.folds != has_folds:
            cure = "folds = true" if has_folds else "no folds"
            raise UsageError(
                f"study {self.name}, training {training.name}: its task splits by "
                f"{split.kind}, so it wants {cure}. Received: folds = "
                f"{str(training.folds).lower()}"
            )

    @property
    def trainings(self) -> tuple[Training, ...]:
        """Those that are done.

        All, but variants, what is too long for quick, what is about pretrained weights
        where there are none, and about patients without a label likewise.
        """
        return tuple(
            training
            for training in self.study.train
            if (self.variants or not training.variant)
            and (training.in_quick or not self.quick)
            and not (training.fine_tuned and self.without_weights)
            and (not training.unlabelled or self.has_unlabelled)
        )

    @functools.cached_property
    def has_unlabelled(self) -> bool:
        """Whether somebody has no label, as far as can be told before ingest."""
        if self.kind == "phantom":
            plan = plans.load(self.study.phantom.plan)
            return any(row.why == "no_label" for row in plan.left_out)
        if self.labels is None:
            return False
        wanted = tasks.load(self.study.task).target.columns
        table = table_file.read(self.labels)
        places = [n for n, title in enumerate(table.header) if title in wanted]
        return bool(places) and any(
            not any("".join(row.cells[n : n + 1]) for n in places) for row in table.rows
        )

    @property
    def protocols(self) -> tuple[str, ...]:
        """Endings of runs: `""` by patient, `"-by-image"` by image."""
        return ("", "-by-image") if self.by_image else ("",)

    def task_of(self, training: Training) -> tasks.Task:
        """The task of a training's data set."""
        return tasks.load(training.task or self.study.task)


def file_name(task: str) -> str:
    """What a task's data set is called: the name of a shipped one, or of the file."""
    return Path(task).stem if Path(task).suffix == ".toml" else task
