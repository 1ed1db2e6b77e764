"""Series whose ids are wrong: several patients in one, or a series for every slice."""

from collections.abc import Iterable, Sequence

from pipelines.cohort import series_names
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.stacks import is_even_stack

_CURE = "Correct the ids at the source, or export again"


def check_patients(series: Sequence[Series]) -> None:
    """Refuses a study, or a series, of several patients.

    Raises:
        StudyError: their headers carry different patient ids.
    """
    patients = sorted({one.patient_id for one in series})
    if len(patients) < 2:
        return
    whose: dict[tuple[str, str], set[str]] = {}
    for one in series:
        ids = one.study_uid, one.series_uid
        whose.setdefault(ids, set()).add(one.patient_id)
    mixed = any(len(ids) > 1 for ids in whose.values())
    what = "images of one series" if mixed else "the series of the study"
    raise StudyError(
        code="mixed_patients",
        problem=f"{what} carry different patient ids",
        cure=_CURE,
        private=f"patient ids {', '.join(patients)}",
    )


def scattered(series: Iterable[Series]) -> list[tuple[Series, ...]]:
    """Series of one slice each that would together be one stack.

    They share study, number and description, and differ in SeriesInstanceUID alone.
    """
    groups: dict[tuple, list[Series]] = {}
    for one in series:
        if len(one.frames) == 1:
            ids = one.patient_id, one.study_uid, one.series_number
            groups.setdefault((*ids, one.description, one.part), []).append(one)
    return [
        tuple(group)
        for group in groups.values()
        if is_even_stack(tuple(one.frames[0] for one in group))
    ]


def scattered_fault(group: Sequence[Series]) -> StudyError:
    """Says once that a stack has a series for every slice."""
    return StudyError(
        code="series_per_slice",
        problem=f"{series_names.safe(group[0])}: {len(group)} series of one slice "
        "each, together one stack: every slice has a SeriesInstanceUID of its own",
        cure="Give the slices one SeriesInstanceUID (anonymise or export again)",
        private=group[0].label,
    )
