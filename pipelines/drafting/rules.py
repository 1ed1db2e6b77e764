"""The shortest rules that take the series of one kind and no other."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from pipelines.drafting import conditions
from pipelines.drafting.conditions import Condition
from pipelines.drafting.header_index import HeaderIndex
from pipelines.drafting.kinds import Kind
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Match

_MOST_TOGETHER = 3  # conditions beside the core that are tried in all ways
_MOST_RULES = 6
# Several words of one of these are one condition.
_LISTS = ("image_type", "not_image_type", "scan_options", "not_scan_options")
_LISTS += ("scanning_sequence", "not_scanning_sequence")
# Of several of these, what they share.
_RANGES = ("echo_time_ms", "repetition_time_ms", "inversion_time_ms", "b_value")

# How a kind falls into parts with a rule each, where one rule can't tell it.
_LEVELS: tuple[Callable[[Series], Hashable], ...] = (
    lambda series: "",
    lambda series: series.scanning_sequence,
    lambda series: series.manufacturer,
    lambda series: (series.manufacturer, series.scanning_sequence),
    lambda series: (series.manufacturer, series.model, series.scanning_sequence),
    lambda series: (series.echo_time_ms, series.repetition_time_ms, series.image_type),
)


def rules_of(
    kind: Kind, index: HeaderIndex, places: Sequence[int]
) -> tuple[tuple[Match, ...], int]:
    """Rules that together take every series of a kind.

    Args:
        index: of all series there are.
        places: of those of the kind; the rules had better not take any other.

    Returns:
        The rules, and how many of the others they take nevertheless.
    """
    mine = np.zeros(len(index.series), bool)
    mine[list(places)] = True
    best: tuple[int, int, list[Match]] | None = None
    for level in _LEVELS:
        parts: dict[Hashable, list[int]] = {}
        for place in places:
            parts.setdefault(level(index.series[place]), []).append(place)
        if len(parts) > _MOST_RULES:
            continue
        rules = [_rule(kind, index, part, ~mine) for part in parts.values()]
        rules = _needed(rules, index, mine)
        wrong = int((index.any_rule(rules) & ~mine).sum())
        if best is None or (wrong, len(rules)) < best[:2]:
            best = wrong, len(rules), rules
        if not wrong:
            break
    wrong, _, rules = best
    return tuple(rules), wrong


def match_of(asked: Sequence[Condition]) -> Match:
    """The rule that asks all of it."""
    fields: dict[str, Any] = {}
    for name, value in asked:
        if name in _LISTS and name in fields:
            value = tuple(dict.fromkeys((*fields[name], *value)))
        elif name == "not_description" and name in fields:
            value = f"{fields[name]}|{value}"
        elif name in _RANGES and name in fields:
            lows, highs = zip(fields[name], value)
            value = max(lows), min(highs)
        fields[name] = value
    return Match(**fields)


def _rule(
    kind: Kind, index: HeaderIndex, part: Sequence[int], others: np.ndarray
) -> Match:
    """The fewest conditions for a part of the kind.

    Args:
        others: bool `[N]`, what it is to be told from.
    """
    series = [index.series[place] for place in part]
    core = _held(conditions.core(kind, series), index, part)
    left = others & index.all_of(core)
    foreign = [index.series[place] for place in np.flatnonzero(left)]
    named = {name for name, _ in core}
    pool = _held(conditions.further(kind, series, foreign), index, part)
    pool = [c for c in pool if c[0] not in named or c[0] in (*_LISTS, *_RANGES)]
    chosen = [*core, *_fewest(pool, index, left)]
    described = [*core, conditions.by_description(series)]
    wrong = int((others & index.all_of(chosen)).sum())
    if wrong and int((others & index.all_of(described)).sum()) < wrong:
        return match_of(described)
    return match_of(chosen or described)


def _held(
    asked: Sequence[Condition] | Iterator[Condition],
    index: HeaderIndex,
    part: Sequence[int],
) -> list[Condition]:
    """Those that every series of the part fulfils, each once."""
    return [
        condition
        for condition in dict.fromkeys(asked)
        if index.takes(condition)[list(part)].all()
    ]


def _fewest(
    pool: list[Condition], index: HeaderIndex, others: np.ndarray
) -> list[Condition]:
    """As few conditions as leave none of the others, or as few of them as can be.

    Among as many, those that stand first.
    """
    if not others.any():
        return []
    rows = [index.takes(condition)[others] for condition in pool]
    telling = [place for place, row in enumerate(rows) if not row.all()]
    if not telling:
        return []
    takes = np.array(rows)
    # Others that all conditions see alike are one.
    takes = np.unique(takes, axis=1)
    for number in range(1, _MOST_TOGETHER + 1):
        for places in combinations(telling, number):
            if not takes[list(places)].all(axis=0).any() and _compatible(pool, places):
                return [pool[place] for place in places]
    return _greedy(pool, takes, telling)


def _greedy(
    pool: list[Condition], takes: np.ndarray, telling: list[int]
) -> list[Condition]:
    """One by one, each time what leaves fewest of the others."""
    taken, chosen = np.ones(takes.shape[1], bool), []
    while telling:
        best = min(telling, key=lambda place: (taken & takes[place]).sum())
        if (taken & takes[best]).sum() == taken.sum():
            break
        taken &= takes[best]
        chosen.append(best)
        telling = [
            place
            for place in telling
            if place not in chosen and _compatible(pool, (*chosen, place))
        ]
    return [pool[place] for place in chosen]


def _compatible(pool: list[Condition], places: Sequence[int]) -> bool:
    """Whether no key has two values that one rule can't both ask for."""
    names = [pool[place][0] for place in places]
    single = [n for n in names if n not in _LISTS and n != "not_description"]
    return len(single) == len(set(single))


def _needed(rules: list[Match], index: HeaderIndex, mine: np.ndarray) -> list[Match]:
    """Without a rule whose series the others take as well."""
    kept = list(dict.fromkeys(rules))
    for rule in list(reversed(kept)):
        rest = [other for other in kept if other != rule]
        if rest and index.any_rule(rest)[mine].all():
            kept = rest
    return kept
