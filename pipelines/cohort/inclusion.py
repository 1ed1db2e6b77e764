"""The task's inclusion criteria, and the flow of studies as in a paper's figure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipelines.errors import StudyError
from pipelines.tasks.task import Task

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
    "labelled_patient": "no label, of a patient who belongs to a split",
    "unknown_class": "a label that is no class of the task",
    "bad_value": "a label or covariate that is no valid value",
}
UNITS = {"study": ("study", "studies"), "series": ("series", "series")}
_LAST = {
    "duplicate_study": "a copy of another study",
    "duplicate_sequence": "a sequence that another patient has, too",
}


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
    """Found, excluded by each criterion in turn, included.

    Args:
        unlabelled: how many of those included have no label.
    """

    unit: str
    found: int
    excluded: tuple[Exclusion, ...]
    included: int
    unlabelled: int = 0

    def __post_init__(self):
        excluded = sum(exclusion.number for exclusion in self.excluded)
        if self.found != excluded + self.included or self.included < 0:
            raise ValueError(
                "found must be excluded + included. Received: "
                f"found={self.found}, excluded={excluded}, included={self.included}"
            )
        if not 0 <= self.unlabelled <= self.included:
            raise ValueError(
                "unlabelled are some of those included. Received: "
                f"included={self.included}, unlabelled={self.unlabelled}"
            )

    @classmethod
    def count(
        cls,
        *,
        found: int,
        codes: Iterable[str],
        unit: str = "study",
        unlabelled: int = 0,
    ) -> "Flow":
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
            unlabelled=unlabelled,
        )

    @property
    def text(self) -> str:
        """The flow for people, one line a box."""
        units = UNITS[self.unit][1]
        width = max(len(str(self.found)), 4)
        lines = [f"{self.found:>{width}} {units} found"]
        lines += [
            f"{-exclusion.number:>{width}} {exclusion.meaning}"
            for exclusion in self.excluded
        ]
        lines.append(f"{self.included:>{width}} {units} included")
        if self.unlabelled:
            lines.append(f"{self.unlabelled:>{width}} of them without a label")
        return "\n".join(lines)


def check(
    measured: Mapping[str, Acquired], task: Task, *, others: tuple[str, ...] = ()
) -> None:
    """Holds a study against the task's criteria.

    Args:
        measured: by sequence name, of the sequences that the study has; of a series
            under any one name.
        others: sequences that it has beside, as its source words them; private.

    Raises:
        StudyError: the first criterion that it does not meet, and what was measured.
    """
    held = [sequence.name for sequence in task.sequences if sequence.required]
    if task.unit == "series":
        held = list(measured)
    for name in held:
        if name not in measured:
            raise StudyError(
                code="missing_sequence",
                problem=f"sequence {name} is missing",
                cure="Add it, or set required = false for it in the task file",
                subject=name,
                instead=others,
            )
    check_reference(measured, task)
    for criterion in (_plane, _slices, _matrix):
        for name in held:
            criterion(name, measured[name], task)


def check_reference(present: Collection[str], task: Task) -> None:
    """Whether a study has the sequence whose frame the grid takes.

    Args:
        present: sequences of the task that it has.

    Raises:
        StudyError: missing_sequence where there is none at all, missing_reference.
    """
    if not present:
        raise StudyError(
            code="missing_sequence",
            problem="the study has none of the task's sequences",
            cure=f"Give at least one of {', '.join(task.acquired)}",
        )
    named = task.grid.reference
    if named is not None and named not in present:
        raise StudyError(
            code="missing_reference",
            problem=f"the study lacks {named}, the task's grid.reference",
            cure="Make that sequence required, or state no grid.reference",
            subject=named,
        )


def _plane(name: str, acquired: Acquired, task: Task) -> None:
    planes = task.inclusion.planes
    if planes and acquired.plane not in planes:
        raise StudyError(
            code="plane",
            problem=f"{name} has {acquired.plane or 'unknown'} slices",
            cure=f"The task takes {' or '.join(planes)} slices (inclusion.planes)",
            subject=name,
            instead=(acquired.plane or "unknown",),
        )


def _slices(name: str, acquired: Acquired, task: Task) -> None:
    fewest = task.inclusion.minimum_slices
    if acquired.slices < fewest:
        raise StudyError(
            code="too_few_slices",
            problem=f"{name} has {acquired.slices} slices",
            cure=f"The task asks for {fewest} or more (inclusion.minimum_slices)",
            subject=name,
            instead=(str(acquired.slices),),
        )


def _matrix(name: str, acquired: Acquired, task: Task) -> None:
    rows, columns = task.inclusion.minimum_matrix
    if acquired.rows < rows or acquired.columns < columns:
        raise StudyError(
            code="small_matrix",
            problem=f"{name} has a matrix of {acquired.rows} x {acquired.columns}",
            cure=f"The task asks for {rows} x {columns} or more "
            "(inclusion.minimum_matrix)",
            subject=name,
            instead=(f"{acquired.rows} x {acquired.columns}",),
        )
