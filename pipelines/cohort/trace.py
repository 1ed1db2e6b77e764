"""Of diffusion in several directions the isotropic image, or the mean over them."""

import dataclasses
from collections.abc import Iterable, Sequence
from functools import partial

from pipelines.cohort.maps import is_map
from pipelines.readers.dicom.geometry import fault
from pipelines.readers.dicom.headers import Series
from pipelines.readers.diffusion.directions import FEWEST_DIRECTIONS, span_space
from pipelines.readers.diffusion.geometric_mean import Refuse
from pipelines.readers.diffusion.gradient import Gradient
from pipelines.readers.diffusion.shells import same_shell

_SAME_PLACE_MM = 0.1
_SAME_TURN = 0.02  # about a degree


def one_for_each_weighting(series: list[Series]) -> list[Series]:
    """Series without those of a single gradient direction among several.

    Where there is an isotropic image of the same b-value in the same place, they give
    way to it. Else the directions of one b-value of a series become their mean, with
    `Series.directions`; `check` says whether a task may take it.

    Args:
        series: of one study, that one sequence may be.
    """
    traces = [one for one in series if _kind(one) == "isotropic"]
    kept: list[Series] = []
    groups: dict[tuple[str, str], list[Series]] = {}
    for one in series:
        if _kind(one) != "directional":
            kept.append(one)
        elif not any(_same_weighting(one, trace) for trace in traces):
            groups.setdefault((one.series_uid, _rest(one)), []).append(one)
    for group in groups.values():
        kept += group if _number_of_directions(group) == 1 else [_mean(group)]
    return kept


def check(series: Series, sequence: str, directions: str | None) -> None:
    """Whether a task may take a series that is a mean over directions.

    Args:
        sequence: its name in the task.
        directions: what the task file says.

    Raises:
        StudyError: it does not say that directions are to become a trace, or there are
            too few of them.
    """
    if series.directions:
        check_directions(
            [one.frames[0].gradient for one in series.directions],
            number=_number_of_directions(series.directions),
            b_value=series.b_value,
            sequence=sequence,
            directions=directions,
            refuse=partial(fault, series),
        )


def check_directions(
    gradients: Sequence[Gradient],
    *,
    number: int,
    b_value: float,
    sequence: str,
    directions: str | None,
    refuse: Refuse,
) -> None:
    """Whether a task may take the mean over directions of one b-value.

    Args:
        gradients: of the images.
        number: of different ones.
        sequence: its name in the task.
        directions: what the task file says.

    Raises:
        StudyError: several_directions, too_few_directions.
    """
    what = f"{number} gradient directions at b = {b_value:.10g}"
    if directions != "trace":
        raise refuse(
            "several_directions",
            f"{what} and no isotropic image, for {sequence}",
            f'Set directions = "trace" for {sequence} in the task file, which makes '
            "the isotropic image: the geometric mean over the directions. Or add the "
            "isotropic (trace) images to the study",
        )
    if number < FEWEST_DIRECTIONS or not span_space(gradients):
        raise refuse(
            "too_few_directions",
            f"{what}, which make no isotropic image for {sequence}",
            "It wants three directions or more that are not in one plane. Export all "
            "of them, or the isotropic (trace) images",
        )


def provenance(series: Series) -> str:
    """What is to be said of a series of directions, or their mean; "" = it is none."""
    if series.directions:
        number = _number_of_directions(series.directions)
    elif _kind(series) == "directional":
        number = 1
    else:
        return ""
    return of_directions(number, series.b_value)


def of_directions(number: int, b_value: float) -> str:
    """What is to be said of so many directions of one b-value, which are an image."""
    what = f"geometric mean over {number} gradient directions"
    if number == 1:
        what = "a single gradient direction, no isotropic image,"
    return f"{what} at b = {b_value:.10g}"


def _number_of_directions(series: Iterable[Series]) -> int:
    return len({_direction(one) for one in series})


def _kind(series: Series) -> str:
    """Kind of the gradient; "" where it is not known, and of maps."""
    gradient = series.frames[0].gradient if series.frames else None
    return "" if gradient is None or is_map(series) else gradient.kind


def _words(series: Series) -> list[str]:
    return series.part.split(",") if series.part else []


def _direction(series: Series) -> str:
    return next((word for word in _words(series) if word.startswith("dir=")), "")


def _rest(series: Series) -> str:
    """What else tells the part from others; acquisitions of a direction are repeats."""
    return ",".join(
        word for word in _words(series) if not word.startswith(("dir=", "acq="))
    )


def _same_weighting(one: Series, trace: Series) -> bool:
    """Whether both are of one shell and have the same slices."""
    if not same_shell(one.b_value, trace.b_value):
        return False
    if len(one.frames) != len(trace.frames):
        return False
    return all(
        _near(
            one.frames[end].position_mm, trace.frames[end].position_mm, _SAME_PLACE_MM
        )
        and _near(
            one.frames[end].orientation, trace.frames[end].orientation, _SAME_TURN
        )
        for end in (0, -1)
    )


def _near(
    one: tuple[float, ...] | None, other: tuple[float, ...] | None, tolerance: float
) -> bool:
    known = one is not None and other is not None
    return known and max(abs(a - b) for a, b in zip(one, other)) <= tolerance


def _mean(group: list[Series]) -> Series:
    group = sorted(group, key=lambda one: (len(one.part), one.part))
    words = [word for word in _rest(group[0]).split(",") if word]
    words.insert(1, f"dir=trace-of-{_number_of_directions(group)}")
    return dataclasses.replace(group[0], part=",".join(words), directions=tuple(group))
