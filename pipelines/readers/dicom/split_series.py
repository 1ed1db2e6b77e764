"""How the images of one SeriesInstanceUID are split into single volumes."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pipelines.readers.dicom.geometry import POSITION_TOLERANCE_MM, plane, projections
from pipelines.readers.dicom.gradient_direction import by_direction
from pipelines.readers.dicom.headers import Frame, Series

# An image with what its file says of the series (`Series` without frames).
Member = tuple[Series, Frame]
Group = tuple[str, list[Member]]

_TURN_TOLERANCE = math.sin(math.radians(1.0))


def split(members: list[Member]) -> Iterator[tuple[str, list[Member]]]:
    """Splits where b-value, gradient, echo time, orientation or image type differ.

    Then, where positions repeat, by acquisition number, temporal position or rank of
    the trigger time, if one of these leaves each position once.

    Yields:
        The name of the part, made of what differs (`"b=800,te=60"`), and its images.
    """
    for labels, part in _split(members, _RUNGS):
        yield ",".join(labels), part


def _split(
    members: list[Member], rungs: tuple[Callable[[list[Member]], list[Group]], ...]
) -> Iterator[tuple[tuple[str, ...], list[Member]]]:
    """Splits by one property after the other; names only those that differ."""
    if not rungs:
        yield from (((label,) if label else (), g) for label, g in _repeats(members))
        return
    groups = rungs[0](members)
    for label, group in groups:
        for labels, part in _split(group, rungs[1:]):
            yield ((label, *labels) if len(groups) > 1 else labels), part


def _grouped(members: list[Member], key: Callable[[Frame], Any]) -> dict[Any, list]:
    groups: dict[Any, list[Member]] = {}
    for member in members:
        groups.setdefault(key(member[1]), []).append(member)
    return groups


def _by_value(
    members: list[Member], name: str, key: Callable[[Frame], float | None]
) -> list[Group]:
    groups = _grouped(members, key)
    values = sorted(groups, key=lambda v: (v is not None, v or 0))
    return [
        (f"{name}=none" if value is None else f"{name}={value:.10g}", groups[value])
        for value in values
    ]


def _by_b_value(members: list[Member]) -> list[Group]:
    return _by_value(
        members, "b", lambda f: None if f.b_value is None else round(f.b_value)
    )


def _by_echo_time(members: list[Member]) -> list[Group]:
    return _by_value(
        members,
        "te",
        lambda f: None if f.echo_time_ms is None else round(f.echo_time_ms, 3),
    )


def _by_orientation(members: list[Member]) -> list[Group]:
    """Groups within a degree; `plane=axial-2` where a plane occurs twice."""
    groups: list[tuple[tuple[float, ...] | None, list[Member]]] = []
    for member in members:
        turn = member[1].orientation
        for representative, group in groups:
            if _same_turn(turn, representative):
                group.append(member)
                break
        else:
            groups.append((turn, [member]))
    groups.sort(key=lambda g: [round(c, 2) for c in g[0] or ()])
    planes = [plane(turn) or "unknown" for turn, _ in groups]
    labels = [
        f"plane={name}-{planes[:i].count(name) + 1}"
        if planes.count(name) > 1
        else f"plane={name}"
        for i, name in enumerate(planes)
    ]
    return [(label, group) for label, (_, group) in zip(labels, groups)]


def _same_turn(
    orientation: tuple[float, ...] | None, representative: tuple[float, ...] | None
) -> bool:
    if orientation is None or representative is None:
        return orientation is representative
    return (
        max(abs(a - b) for a, b in zip(orientation, representative)) <= _TURN_TOLERANCE
    )


def _by_image_type(members: list[Member]) -> list[Group]:
    """Labels hold the words that not all have; all words where those are not unique."""
    groups = _grouped(members, lambda f: f.image_type)
    shared = set.intersection(*(set(words) for words in groups))
    labels = {
        words: "/".join(word for word in words if word not in shared)
        for words in groups
    }
    if len(set(labels.values())) < len(labels) or "" in labels.values():
        labels = {words: "/".join(words) or "none" for words in groups}
    return [(f"type={labels[words]}", groups[words]) for words in sorted(groups)]


_RUNGS = (_by_b_value, by_direction, _by_echo_time, _by_orientation, _by_image_type)


def _repeats(members: list[Member]) -> list[Group]:
    """Splits where positions repeat and one property resolves them fully."""
    frames = tuple(frame for _, frame in members)
    if any(f.position_mm is None or f.orientation is None for f in frames):
        return [("", members)]
    numbers = _place_numbers(frames)
    positions = int(numbers.max()) + 1
    if positions == len(frames):
        return [("", members)]
    places = dict(zip(frames, numbers.tolist()))
    for name, key in (
        ("acq", lambda f: f.acquisition_number),
        ("t", lambda f: f.temporal_position),
        ("phase", _trigger_ranks(frames, places).get),
    ):
        groups = _by_value(members, name, key)
        counts = [
            (len(group), len({places[frame] for _, frame in group}))
            for _, group in groups
        ]
        once = all(images == different for images, different in counts)
        if once and max(different for _, different in counts) == positions:
            return groups
    return [("", members)]


def _place_numbers(frames: tuple[Frame, ...]) -> np.ndarray:
    """Number of the position of each frame along the normal: `[N]`."""
    along_mm = projections(frames)
    order = np.argsort(along_mm, kind="stable")
    steps = np.diff(along_mm[order], prepend=along_mm[order[0]])
    numbers = np.empty(len(frames), int)
    numbers[order] = np.cumsum(steps >= POSITION_TOLERANCE_MM)
    return numbers


def _trigger_ranks(
    frames: tuple[Frame, ...], places: dict[Frame, int]
) -> dict[Frame, int]:
    """Rank from 1 of each frame's trigger time at its position; {} if not distinct.

    Ranks, since the trigger times of a cardiac phase differ a little from slice to
    slice.
    """
    at_place: dict[int, list[Frame]] = {}
    for frame in frames:
        at_place.setdefault(places[frame], []).append(frame)
    ranks = {}
    for group in at_place.values():
        times = [frame.trigger_time_ms for frame in group]
        if None in times or len(set(times)) < len(times):
            return {}
        group.sort(key=lambda frame: frame.trigger_time_ms)
        ranks.update({frame: rank for rank, frame in enumerate(group, start=1)})
    return ranks
