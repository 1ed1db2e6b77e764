"""The task's inclusion criteria, and the flow of studies as in a paper's figure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.errors import StudyError
from pipelines.task import Task

# What excludes, in the order in which it is looked at, as a figure would word it.
CRITERIA = {
    "unreadable": "files damaged or unreadable",
    "missing_id": "no patient or study id",
    "no_rule": "a series that no rule of the task names",
    "missing_sequence": "a required sequence missing",
    "ambiguous_sequence": "several series for one sequence",
    "plane": "slices in another plane",
    "too_few_slices": "too few slices",
    "small_matrix": "matrix too small",
    "missing_label": "no label",
    "unknown_class": "a label that is no class of the task",
    "bad_value": "a label or covariate that is no valid value",
}
_LAST = {"duplicate_study": "a copy of another study"}


@dataclass(frozen=True, kw_only=True)
class Acquired:
    """How a sequence was acquired, read from headers alone.

    Args:
        plane: axial, sagittal, coronal, oblique or "".
    """

    plane: str
    slices: int
    rows: int
    columns: int


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """How many studies one criterion excluded."""

    code: str
    meaning: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Found, excluded by each criterion in turn, included."""

    unit: str
    found: int
    excluded: tuple[Exclusion, ...]
    included: int

    def __post_init__(self):
        excluded = sum(exclusion.number for exclusion in self.excluded)
        if self.found != excluded + self.included or self.included < 0:
            raise ValueError(
                "found must be excluded + included. Received: "
                f"found={self.found}, excluded={excluded}, included={self.included}"
            )

    @classmethod
    def count(cls, *, found: int, codes: Iterable[str], unit: str = "study") -> "Flow":
        """The flow from all that was found and the code of each that was left out.

        Codes stand in the order of the criteria; those of faults met while reading
        voxels follow by name, and copies of other studies come last.
        """
        numbers = Counter(codes)
        reading = sorted(code for code in numbers if code not in (*CRITERIA, *_LAST))
        meanings = {
            **CRITERIA,
            **{code: code.replace("_", " ") for code in reading},
            **_LAST,
        }
        return cls(
            unit=unit,
            found=found,
            excluded=tuple(
                Exclusion(code=code, meaning=meaning, number=numbers[code])
                for code, meaning in meanings.items()
                if numbers[code]
            ),
            included=found - sum(numbers.values()),
        )

    @property
    def text(self) -> str:
        """The flow for people, one line a box."""
        units = {"study": "studies", "series": "series", "slice": "slices"}[self.unit]
        width = max(len(str(self.found)), 4)
        lines = [f"{self.found:>{width}} {units} found"]
        lines += [
            f"{-exclusion.number:>{width}} {exclusion.meaning}"
            for exclusion in self.excluded
        ]
        return "\n".join([*lines, f"{self.included:>{width}} {units} included"])


def fault(measured: Mapping[str, Acquired], task: Task) -> StudyError | None:
    """The first criterion that a study does not meet, with what was measured.

    Args:
        measured: by sequence name, of the sequences that the study has.
    """
    required = [one.name for one in task.sequences if one.required]
    if task.unit != "series":
        for name in required:
            if name not in measured:
                return StudyError(
                    code="missing_sequence",
                    problem=f"sequence {name} is missing",
                    cure="Add it, or set required = false for it in the task file",
                )
    for criterion in (_plane, _slices, _matrix):
        for name in required:
            if name in measured:
                found = criterion(name, measured[name], task)
                if found is not None:
                    return found
    return None


def reason(measured: Mapping[str, Acquired], task: Task) -> str | None:
    """Code of the first criterion that a study does not meet; none = included."""
    found = fault(measured, task)
    return None if found is None else found.code


def _plane(name: str, acquired: Acquired, task: Task) -> StudyError | None:
    planes = task.inclusion.planes
    if not planes or acquired.plane in planes:
        return None
    return StudyError(
        code="plane",
        problem=f"{name} has {acquired.plane or 'unknown'} slices",
        cure=f"The task takes {' or '.join(planes)} slices (inclusion.planes)",
    )


def _slices(name: str, acquired: Acquired, task: Task) -> StudyError | None:
    fewest = task.inclusion.minimum_slices
    if acquired.slices >= fewest:
        return None
    return StudyError(
        code="too_few_slices",
        problem=f"{name} has {acquired.slices} slices",
        cure=f"The task asks for {fewest} or more (inclusion.minimum_slices)",
    )


def _matrix(name: str, acquired: Acquired, task: Task) -> StudyError | None:
    rows, columns = task.inclusion.minimum_matrix
    if acquired.rows >= rows and acquired.columns >= columns:
        return None
    return StudyError(
        code="small_matrix",
        problem=f"{name} has a matrix of {acquired.rows} x {acquired.columns}",
        cure=f"The task asks for {rows} x {columns} or more (inclusion.minimum_matrix)",
    )
