"""Repeated stacks of one series: acquisitions, time points, cardiac phases."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.readers.dicom.elements import seconds
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.stacks import place_numbers, placed

# An image with what its file says of the series (`Series` without frames).
Member = tuple[Series, Frame]
Group = tuple[str, list[Member]]
Places = dict[Frame, int]

_WORDS = ("acq=", "t=", "phase=")


def repeats(members: list[Member]) -> list[Group]:
    """Splits where positions repeat and one property tells whole stacks apart.

    In this order: acquisition number, temporal position, rank of the trigger time;
    then whole stacks one after the other by acquisition time or by InstanceNumber, or
    as many images at each position as NumberOfTemporalPositions says.
    """
    frames = tuple(frame for _, frame in members)
    if not placed(frames):
        return [("", members)]
    numbers = place_numbers(frames)
    positions = int(numbers.max()) + 1
    if positions == len(frames):
        return [("", members)]
    places = dict(zip(frames, numbers.tolist()))
    for groups in _ways(members, places):
        counts = [
            (len(group), len({places[frame] for _, frame in group}))
            for _, group in groups
        ]
        once = all(images == different for images, different in counts)
        if once and max(different for _, different in counts) == positions:
            return groups
    return [("", members)]


def repeat_ranks(names: list[str]) -> list[tuple[int, int]]:
    """Of each part of a series, which of how many repeated stacks it is, from 1.

    Args:
        names: of the parts, in order (`"b=800,t=2"`).
    """
    rests = [
        ",".join(word for word in name.split(",") if not word.startswith(_WORDS))
        for name in names
    ]
    return [
        (rests[:i].count(rest) + 1, rests.count(rest)) for i, rest in enumerate(rests)
    ]


def grouped(
    members: list[Member], key: Callable[[Frame], Any]
) -> dict[Any, list[Member]]:
    """Members by a property of their images."""
    groups: dict[Any, list[Member]] = {}
    for member in members:
        groups.setdefault(key(member[1]), []).append(member)
    return groups


def by_value(
    members: list[Member], name: str, key: Callable[[Frame], float | None]
) -> list[Group]:
    """Groups by a number, ascending, what has none first."""
    groups = grouped(members, key)
    values = sorted(groups, key=lambda v: (v is not None, v or 0))
    return [
        (f"{name}=none" if value is None else f"{name}={value:.10g}", groups[value])
        for value in values
    ]


def _ways(members: list[Member], places: Places) -> Iterator[list[Group]]:
    """What might tell the stacks apart, the surest first."""
    yield by_value(members, "acq", lambda f: f.acquisition_number)
    yield by_value(members, "t", lambda f: f.temporal_position)
    ranks = _ranks(places, lambda f: f.trigger_time_ms)
    yield by_value(members, "phase", ranks.get)
    stated = members[0][0].temporal_positions or 1
    # Several images at one b-value may be directions or averages, not time points.
    diffusion = any(frame.b_value for _, frame in members)
    for key in (lambda f: seconds(f.acquisition_time), lambda f: f.instance_number):
        groups = _one_after_the_other(members, places, key)
        if not diffusion or len(groups) == stated:
            yield groups
    ranks = _ranks(places, lambda f: f.instance_number)
    if stated > 1 and len(places) == stated * len(set(places.values())):
        yield by_value(members, "t", ranks.get)
    yield by_value(members, "te", lambda f: f.echo_time_ms)


def _ranks(places: Places, key: Callable[[Frame], float | None]) -> dict[Frame, int]:
    """Rank from 1 of each frame's value at its position; {} if not distinct.

    Ranks, since the trigger times of a cardiac phase differ a little from slice to
    slice.
    """
    at_place: dict[int, list[Frame]] = {}
    for frame, place in places.items():
        at_place.setdefault(place, []).append(frame)
    ranks = {}
    for group in at_place.values():
        values = [key(frame) for frame in group]
        if None in values or len(set(values)) < len(values):
            return {}
        group.sort(key=key)
        ranks.update({frame: rank for rank, frame in enumerate(group, start=1)})
    return ranks


def _one_after_the_other(
    members: list[Member], places: Places, key: Callable[[Frame], float | None]
) -> list[Group]:
    """Stacks in the order of `key`: a new one begins where a position comes again.

    One group of all where the values are not distinct at a position, or where there
    would be more stacks than images at any position, so the order is another one.
    """
    if not _ranks(places, key):
        return [("", members)]
    stacks: list[list[Member]] = [[]]
    seen: set[int] = set()
    for member in sorted(members, key=lambda member: key(member[1])):
        if places[member[1]] in seen:
            stacks.append([])
            seen = set()
        stacks[-1].append(member)
        seen.add(places[member[1]])
    at_place = [
        len(list(same)) for _, same in itertools.groupby(sorted(places.values()))
    ]
    if len(stacks) != max(at_place):
        return [("", members)]
    return [(f"t={number}", stack) for number, stack in enumerate(stacks, start=1)]
