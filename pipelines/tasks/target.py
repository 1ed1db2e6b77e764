"""What a task wants predicted."""

import re
from dataclasses import dataclass
from typing import Literal


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
    """

    kind: Literal["classification", "multilabel", "ordinal", "regression"] = (
        "classification"
    )
    source: Literal["labels", "sequence"] = "labels"
    columns: tuple[str, ...] = ("label",)
    classes: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self):
        if not self.columns or len(set(self.columns)) != len(self.columns):
            raise ValueError(
                f"columns want different names. Received: {list(self.columns)}"
            )
        if self.name and not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise ValueError(
                "the name of a target is of small letters, digits and _, and begins "
                f"with a letter. Received: {self.name!r}"
            )
        several = len({*self.classes}) == len(self.classes) == len(self.columns)
        if self.kind == "multilabel" and not several:
            raise ValueError(
                "multilabel wants one class name per column, each another. "
                f"Received: classes={self.classes}, columns={self.columns}"
            )
        if self.kind == "regression" and self.classes:
            raise ValueError(
                f"regression has no classes. Received: classes={self.classes}"
            )
        if self.is_single_label:
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
    def is_single_label(self) -> bool:
        """Whether a sample has one of the classes and no other."""
        return self.kind in ("classification", "ordinal")

    @property
    def size(self) -> int:
        """How many numbers a record's target has."""
        return 1 if self.is_single_label else len(self.columns)
