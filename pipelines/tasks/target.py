"""What a task wants predicted."""

import re
from dataclasses import dataclass
from typing import Literal

from pipelines.tasks.target_kinds import LABEL_KINDS, LabelKind

# How a name begins that a drafted task file leaves to its reader.
FILL_IN = "FILL IN"


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
        name: of a further target, with which its outputs and files are named: small
            letters, digits and `_`. The main target has none.
        record_classes: the classes by the index that records state, where some of them
            are held out and are no `classes`; none = `classes`. Not for a task file.
    """

    kind: str = "classification"
    source: Literal["labels", "sequence"] = "labels"
    columns: tuple[str, ...] = ("label",)
    classes: tuple[str, ...] = ()
    name: str = ""
    record_classes: tuple[str, ...] | None = None

    def __post_init__(self):
        if self.kind not in LABEL_KINDS:
            known = ", ".join(repr(name) for name in LABEL_KINDS)
            raise ValueError(f"kind is one of {known}. Received: {self.kind!r}")
        left_open = [n for n in (*self.columns, *self.classes) if n.startswith(FILL_IN)]
        if left_open:
            raise ValueError(
                "the draft could not know what is to be predicted: write a column of "
                f"the label file, and its classes, in the place of {left_open}"
            )
        if not self.columns or len(set(self.columns)) != len(self.columns):
            raise ValueError(
                f"columns want different names. Received: {list(self.columns)}"
            )
        if self.name and not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise ValueError(
                "the name of a target is of small letters, digits and _, and begins "
                f"with a letter. Received: {self.name!r}"
            )
        if self.is_single_label:
            self._check_classes()
        elif self.has_classes:
            self._check_labels()
        elif self.classes:
            raise ValueError(
                f"{self.kind} has no classes. Received: classes={self.classes}"
            )

    def _check_classes(self) -> None:
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise ValueError(
                f"{self.kind} wants two or more different classes. "
                f"Received: classes={self.classes}"
            )
        if len(self.columns) != 1:
            raise ValueError(
                f"{self.kind} wants one column. Received: columns={self.columns}"
            )
        stated = [name for name in self.stated_classes if name in self.classes]
        if stated != [*self.classes]:
            raise ValueError(
                f"classes are some of record_classes, in their order. Received: "
                f"{list(self.classes)} and {list(self.stated_classes)}"
            )

    def _check_labels(self) -> None:
        if not len({*self.classes}) == len(self.classes) == len(self.columns):
            raise ValueError(
                f"{self.kind} wants one class name per column, each another. "
                f"Received: classes={self.classes}, columns={self.columns}"
            )

    @property
    def stated_classes(self) -> tuple[str, ...]:
        """The classes by the index that records state."""
        return self.classes if self.record_classes is None else self.record_classes

    @property
    def held_out_classes(self) -> tuple[str, ...]:
        """Those of them that are no `classes`."""
        return tuple(name for name in self.stated_classes if name not in self.classes)

    @property
    def label_kind(self) -> LabelKind:
        """How its kind stands in labels.csv."""
        return LABEL_KINDS[self.kind]

    @property
    def is_single_label(self) -> bool:
        """Whether a sample has one of the classes and no other."""
        return self.label_kind.single_label

    @property
    def is_nominal(self) -> bool:
        """Whether a sample has one of the classes, and these are in no order."""
        return self.is_single_label and not self.label_kind.ordered

    @property
    def has_classes(self) -> bool:
        """Whether its values are classes, or labels; else they are numbers."""
        return self.label_kind.has_classes

    @property
    def size(self) -> int:
        """How many numbers a record's target has."""
        return 1 if self.is_single_label else len(self.columns)
