"""What a plan depends on: facts of a data set and of the machine."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipelines.errors import DataError
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.splits.roles import fold_names, roles
from pipelines.splits.unlabelled import UNLABELLED
from zoo.planning.device import Device
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.target_output import outputs_of_task
from zoo.training.data import split_checks

_CURE = (
    "Ingest with a split plan that sets patients aside for validation (a larger share, "
    "or folds), and plan again"
)
_SPLITS = split_checks.SPLITS


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """Facts that rules ask for.

    Args:
        data: name of the task.
        shape: D, H, W.
        spacing_mm: D, H, W; the median of the records looked at.
        foreground: `"constant"`: in every record looked at each channel's foreground
            has one value, as in shapes; else `"varied"`.
        kind: of the main target.
        patients: of the smallest training split, over all folds that are planned for.
        samples: likewise.
        classes: samples of each class in each split, `{split: {class: samples}}`, of
            the fold with the fewest training samples; empty for numbers.
        every_class_validates: whether the AUC is defined on every validation split.
        unlabelled: samples without a label that could be learned from.
        covariates: names of the data set's.
    """

    data: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    channels: int
    foreground: Literal["constant", "varied"]
    kind: str
    further_targets: int
    patients: int
    samples: int
    classes: dict[str, dict[str, int]]
    every_class_validates: bool
    split: str
    folds: int
    unlabelled: int
    covariates: tuple[str, ...]
    device: Device

    @property
    def voxels(self) -> int:
        """Of one volume, channels apart."""
        return int(np.prod(self.shape))

    @property
    def has_auc(self) -> bool:
        """Whether an AUC can choose the epoch of such a target."""
        return "val_auc" in TARGET_KINDS[self.kind].monitors

    @property
    def imbalance(self) -> float:
        """The largest class of the training split to the smallest; 1 without."""
        counts = [count for count in self.classes.get("train", {}).values() if count]
        return max(counts) / min(counts) if counts else 1.0


def take(data: DataSet, fold: str | None, device: Device) -> Fingerprint:
    """Reads the manifest, then a few training records.

    Args:
        fold: plan for this one alone; none = for all there are.

    Raises:
        UsageError: a fold that the data set has not.
        DataError: splits that can't carry a run: one class, nobody to validate on.
    """
    names = fold_names(data.groups, data.task.split)
    planned = (fold,) if fold is not None or not names else names
    targets = {name: split_checks.targets(data, name) for name in planned}
    validates = [_validates(targets[name], data) for name in planned]
    smallest = min(planned, key=lambda name: len(targets[name]["train"]))
    from zoo.planning import volumes  # it loads TensorFlow: what needs none came first

    seen = volumes.look(data, smallest)
    task = data.task
    return Fingerprint(
        data=task.name,
        shape=task.grid.shape,
        spacing_mm=seen.spacing_mm,
        channels=len(task.channels),
        foreground="constant" if seen.constant else "varied",
        kind=task.target.kind,
        further_targets=len(task.further_targets),
        patients=_training_patients(data, smallest),
        samples=len(targets[smallest]["train"]),
        classes=_classes(targets[smallest], data),
        every_class_validates=all(validates),
        split=task.split.kind,
        folds=len(names),
        unlabelled=sum(
            count.samples
            for group, count in data.counts.items()
            if group.startswith(UNLABELLED)
        ),
        covariates=task.covariates,
        device=device,
    )


def _validates(targets: split_checks.Targets, data: DataSet) -> bool:
    """Whether the AUC can choose the epoch; raises where not even the loss can."""
    if not len(targets["validation"]):
        raise DataError(
            f"{data.task.name} can't be planned for: no patient validates, so no epoch "
            f"could be chosen. {_CURE}"
        )
    outputs = outputs_of_task(data.task)
    try:
        split_checks.check(targets, outputs, outputs[0].kind.monitors[0])
    except DataError:
        split_checks.check(targets, outputs, "val_loss")
        return False
    return True


def _training_patients(data: DataSet, fold: str | None) -> int:
    played = roles(data.groups, data.task.split, fold)
    rows = read_manifest(data)
    return len({row.patient_id for row in rows if played[row.group] == "train"})


def _classes(targets: split_checks.Targets, data: DataSet) -> dict[str, dict[str, int]]:
    """Samples of each class, or with each label, by split."""
    target = data.task.target
    if not target.has_classes:
        return {}
    if target.is_single_label:
        return {
            split: {
                name: int(np.sum(targets[split][:, 0] == index))
                for index, name in enumerate(target.classes)
            }
            for split in _SPLITS
        }
    return {
        split: {
            name: int(np.sum(targets[split][:, index] == 1))
            for index, name in enumerate(target.classes)
        }
        for split in _SPLITS
    }
