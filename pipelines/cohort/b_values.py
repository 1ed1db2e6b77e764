"""The b-values that a fit runs over: what images state, held against the task file."""

from collections.abc import Iterator, Mapping

from pipelines.cohort.maps import acquired_b_value, is_map
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.readers.diffusion.shells import same_shell
from pipelines.tasks.derivation import parse
from pipelines.tasks.task import Task


def check_series(chosen: Mapping[str, Series], task: Task) -> None:
    """Holds the series of a study against what its fits want, from headers alone.

    Args:
        chosen: by sequence.

    Raises:
        StudyError: as `b_values`; no_b_value of a map, whatever the task file says.
    """
    for fit, sources in _fits(task):
        for name in sources:
            if name in chosen and is_map(chosen[name]):
                raise StudyError(
                    code="no_b_value",
                    problem=f"{fit} is fitted to acquired images, and {name} is a map "
                    "that a scanner computed",
                    cure="Narrow its rule in the task file (match.image_type, "
                    "match.b_value)",
                    private=chosen[name].label,
                    subject=name,
                )
    b_values({n: acquired_b_value(series) for n, series in chosen.items()}, task)


def b_values(measured: Mapping[str, float | None], task: Task) -> dict[str, float]:
    """The b-value in s/mm2 of each sequence of a study that has one.

    What the images state counts; where they state nothing, the task file does.

    Args:
        measured: by sequence, of those that the study has; none = not stated.

    Raises:
        StudyError: other_b_value, where images and task file differ by more than
            scanners do within one shell; no_b_value and same_b_value, of the sources
            of a fit that are all there.
    """
    stated = {one.name: one.b_value for one in task.sequences}
    known: dict[str, float] = {}
    for name, value in measured.items():
        asked = stated.get(name)
        if value is None:
            value = asked
        elif asked is not None and not same_shell(value, asked):
            raise StudyError(
                code="other_b_value",
                problem=f"{name} has b = {value:.10g} s/mm2, and the task file says "
                f"{asked:.10g}",
                cure="Correct b_value in the task file, or what takes the images: the "
                "rule (match.b_value), of NIfTI the frame, or its .bval file",
                subject=name,
                instead=(f"b = {value:.10g}",),
            )
        if value is not None:
            known[name] = value
    for fit, sources in _fits(task):
        if {*sources} <= {*measured}:
            _check_fit(fit, sources, known)
    return known


def _fits(task: Task) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and sources of every channel that is fitted over b-values."""
    for sequence in task.sequences:
        if sequence.derive is not None:
            derivation = parse(sequence.derive)
            if derivation.is_fit:
                yield sequence.name, derivation.sources


def _check_fit(fit: str, sources: tuple[str, ...], known: Mapping[str, float]) -> None:
    for number, name in enumerate(sources):
        if name not in known:
            raise StudyError(
                code="no_b_value",
                problem=f"{fit} is fitted over b-values, and the images of {name} "
                "state none",
                cure="Say it in the task file: b_value = 400, say, of that sequence. "
                "Or lay the .bval file of NIfTI images beside them",
                subject=name,
            )
        for other in sources[:number]:
            if same_shell(known[name], known[other]):
                raise StudyError(
                    code="same_b_value",
                    problem=f"{fit} is fitted over different b-values, and {other} and "
                    f"{name} have b = {known[other]:.10g} and {known[name]:.10g} s/mm2",
                    cure="Narrow the rules of the sequences in the task file "
                    "(match.b_value), or leave one of them out of the fit",
                    subject=name,
                )
