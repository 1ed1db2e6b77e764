"""How the images of one SeriesInstanceUID are split into single volumes."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipelines.readers.dicom import shells
from pipelines.readers.dicom.geometry import plane
from pipelines.readers.dicom.gradient_direction import by_direction
from pipelines.readers.dicom.headers import Frame
from pipelines.readers.dicom.repeats import Group, Member, grouped, repeats
from pipelines.readers.dicom.stacks import is_even_stack, same_turn
from pipelines.readers.diffusion.shells import B_TOLERANCE

_ECHO_TOLERANCE = 0.01  # share of the echo time that is one echo in any case
_ECHO_WAVERS = 0.05  # share that is one where the images then make one stack
# What the pixels are, not how they were come by: never two of them in one stack.
_LISTED = """
M, MAGNITUDE, P, PHASE, PHASE MAP, R, REAL, I, IMAGINARY, W, WATER, F, FAT, IP,
IN_PHASE, OP, OPP_PHASE, OUT_PHASE, FIELD_MAP, FIELD_MAP_HZ, VELOCITY, ADC,
ADC_UNSPECIFIED, EADC, FA, TENSOR, TRACEW, ISOTROPIC, CALC_BVALUE, T1_MAP, T1 MAP,
T2_MAP, T2 MAP, T2_STAR_MAP, T2_STAR MAP, SUB, SUBTRACTION, PROJECTION_IMAGE,
PROJECTION IMAGE
"""
_QUANTITIES = frozenset(word.strip() for word in _LISTED.split(","))

# The labels that tell a part from the others, and its images.
_Part = tuple[tuple[str, ...], list[Member]]


class _Rung(NamedTuple):
    """One property to split by.

    Args:
        groups: splits images by it.
        wavers: whether two groups may be one stack, along which it wavers; none = not.
    """

    groups: Callable[[list[Member]], list[Group]]
    wavers: Callable[[Frame, Frame], bool] | None = None


def split(members: list[Member]) -> Iterator[tuple[str, list[Member]]]:
    """Splits where b-value, gradient, echo time, orientation or image type differ.

    Then, where positions repeat, as `repeats` says. b-values within 1 s/mm2 are one,
    those of one shell as `shells` says, and echo times within 1 %. Where echo time
    (within 5 %) or image type waver along a stack, images that together have every
    position once and evenly stay together.

    Yields:
        The name of the part, made of what differs (`"b=800,te=60"`), and its images.
    """
    for labels, part in _split(members, _RUNGS):
        yield ",".join(labels), part


def _split(members: list[Member], rungs: tuple[_Rung, ...]) -> list[_Part]:
    """Splits by one property after the other; names only those that differ."""
    if not rungs:
        return [((label,) if label else (), group) for label, group in repeats(members)]
    rung, *others = rungs
    groups = [
        (label, _split(group, tuple(others))) for label, group in rung.groups(members)
    ]
    if rung.wavers is not None and len(groups) > 1:
        groups = _joined(groups, rung.wavers)
    return [
        ((label, *labels) if len(groups) > 1 else labels, part)
        for label, parts in groups
        for labels, part in parts
    ]


def _joined(
    groups: list[tuple[str, list[_Part]]], wavers: Callable[[Frame, Frame], bool]
) -> list[tuple[str, list[_Part]]]:
    """Groups of which some are one; each goes by the name of its largest."""
    joined: list[tuple[str, list[_Part]]] = []
    for label, parts in sorted(groups, key=lambda group: -_images(group[1])):
        for number, (other, whole) in enumerate(joined):
            if wavers(whole[0][1][0][1], parts[0][1][0][1]):
                union = _one_stack_each(whole, parts)
                if union is not None:
                    joined[number] = (other, union)
                    break
        else:
            joined.append((label, parts))
    order = [label for label, _ in groups]
    return sorted(joined, key=lambda group: order.index(group[0]))


def _images(parts: list[_Part]) -> int:
    return sum(len(members) for _, members in parts)


def _one_stack_each(first: list[_Part], second: list[_Part]) -> list[_Part] | None:
    """The parts of two groups joined by their labels; none = they are no one stack."""
    both = {labels: list(members) for labels, members in first}
    shared = [labels for labels, _ in second if labels in both]
    for labels, members in second:
        both.setdefault(labels, []).extend(members)
    whole = shared and all(
        is_even_stack(tuple(frame for _, frame in both[labels])) for labels in shared
    )
    return list(both.items()) if whole else None


def _clustered(
    members: list[Member],
    key: Callable[[Frame], float | None],
    tolerance: Callable[[float], float],
) -> list[list[Member]]:
    """Images by a number, none first; within `tolerance` of the lowest they are one."""
    clusters: list[tuple[float | None, list[Member]]] = []
    groups = grouped(members, key)
    for value in sorted(groups, key=lambda v: (v is not None, v or 0)):
        lowest = clusters[-1][0] if clusters else None
        if lowest is not None and value - lowest <= tolerance(lowest):
            clusters[-1][1].extend(groups[value])
        else:
            clusters.append((value, list(groups[value])))
    return [group for _, group in clusters]


def _named(
    name: str, members: list[Member], key: Callable[[Frame], float | None]
) -> Group:
    """A cluster by the value that most of its images have."""
    times = Counter(key(frame) for _, frame in members)
    if None in times:
        return f"{name}=none", members
    usual = min(times, key=lambda value: (-times[value], value))
    return f"{name}={usual:.10g}", members


def _by_b_value(members: list[Member]) -> list[Group]:
    groups = _clustered(members, _b_value, lambda _: B_TOLERANCE)
    return [_named("b", group, _b_value) for group in shells.joined(groups)]


def _b_value(frame: Frame) -> float | None:
    return None if frame.b_value is None else round(frame.b_value)


def _by_echo_time(members: list[Member]) -> list[Group]:
    groups = _clustered(members, _echo_time_ms, lambda lowest: _ECHO_TOLERANCE * lowest)
    return [_named("te", group, _echo_time_ms) for group in groups]


def _echo_time_ms(frame: Frame) -> float | None:
    return None if frame.echo_time_ms is None else round(frame.echo_time_ms, 3)


def _echo_wavers(one: Frame, other: Frame) -> bool:
    times = one.echo_time_ms, other.echo_time_ms
    return None in times or abs(times[0] - times[1]) <= _ECHO_WAVERS * max(times)


def _by_orientation(members: list[Member]) -> list[Group]:
    """Groups within a degree; `plane=axial-2` where a plane occurs twice."""
    groups: list[tuple[tuple[float, ...] | None, list[Member]]] = []
    for member in members:
        turn = member[1].orientation
        for representative, group in groups:
            if same_turn(turn, representative):
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


def _by_image_type(members: list[Member]) -> list[Group]:
    """Labels hold the words that not all have; all words where those are not unique."""
    groups = grouped(members, lambda f: f.image_type)
    shared = set.intersection(*(set(words) for words in groups))
    labels = {
        words: "/".join(word for word in words if word not in shared)
        for words in groups
    }
    if len(set(labels.values())) < len(labels) or "" in labels.values():
        labels = {words: "/".join(words) or "none" for words in groups}
    return [(f"type={labels[words]}", groups[words]) for words in sorted(groups)]


def _type_wavers(one: Frame, other: Frame) -> bool:
    one_quantity, other_quantity = (
        {word.upper() for word in frame.image_type} & _QUANTITIES
        for frame in (one, other)
    )
    return one_quantity == other_quantity


_RUNGS = (
    _Rung(_by_b_value),
    _Rung(by_direction),
    _Rung(_by_echo_time, _echo_wavers),
    _Rung(_by_orientation),
    _Rung(_by_image_type, _type_wavers),
)
