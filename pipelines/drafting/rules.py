"""The shortest rules that take the series of one kind and no other."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from pipelines.cohort.sequence_matching import fulfils
from pipelines.drafting import conditions
from pipelines.drafting.conditions import Condition
from pipelines.drafting.kinds import Kind
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Match

_MOST_TOGETHER = 3  # conditions beside the core that are tried in all ways
_MOST_RULES = 6
# Several words of one of these are one condition.
_LISTS = ("image_type", "not_image_type", "scan_options", "not_scan_options")
_LISTS += ("scanning_sequence", "not_scanning_sequence")

# How a kind falls into parts with a rule each, where one rule can't tell it.
_LEVELS: tuple[Callable[[Series], Hashable], ...] = (
    lambda series: "",
    lambda series: series.scanning_sequence,
    lambda series: series.manufacturer,
    lambda series: (series.manufacturer, series.scanning_sequence),
    lambda series: (series.manufacturer, series.model, series.scanning_sequence),
    lambda series: (series.echo_time_ms, series.repetition_time_ms, series.image_type),
)


def rules_of(kind: Kind, others: Sequence[Series]) -> tuple[tuple[Match, ...], int]:
    """Rules that together take every series of a kind.

    Args:
        others: series of all other kinds, which they had better not take.

    Returns:
        The rules, and how many of the others they take nevertheless.
    """
    series = _different([member.series for member in kind.members])
    others = _different(others)
    best: tuple[int, int, list[Match]] | None = None
    for level in _LEVELS:
        parts: dict[Hashable, list[Series]] = {}
        for one in series:
            parts.setdefault(level(one), []).append(one)
        if len(parts) > _MOST_RULES:
            continue
        rules = [_rule(kind, part, others) for part in parts.values()]
        rules = _needed(rules, series)
        wrong = sum(any(fulfils(one, rule) for rule in rules) for one in others)
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
        fields[name] = value
    return Match(**fields)


def _rule(kind: Kind, part: Sequence[Series], others: Sequence[Series]) -> Match:
    core = _held(conditions.core(kind, part), part)
    left = [one for one in others if not core or fulfils(one, match_of(core))]
    named = {name for name, _ in core}
    pool = _held(conditions.further(kind, part, left), part)
    pool = [c for c in pool if c[0] not in named or c[0] in _LISTS]
    chosen = _fewest(pool, left)
    if any(fulfils(one, match_of([*core, *chosen])) for one in left):
        described = [*core, conditions.by_description(part)]
        if _wrong(described, left) < _wrong([*core, *chosen], left):
            return match_of(described)
    return match_of([*core, *chosen] or [conditions.by_description(part)])


def _wrong(asked: Sequence[Condition], others: Sequence[Series]) -> int:
    rule = match_of(asked)
    return sum(fulfils(one, rule) for one in others)


def _held(asked: Sequence[Condition] | Iterator[Condition], part: Sequence[Series]):
    """Those that every series of the part fulfils."""
    return [one for one in asked if all(fulfils(s, match_of([one])) for s in part)]


def _fewest(pool: list[Condition], others: Sequence[Series]) -> list[Condition]:
    """As few conditions as leave none of the others, or as few of them as can be.

    Among as many, those that stand first.
    """
    if not others:
        return []
    takes = np.array(
        [[fulfils(one, match_of([c])) for one in others] for c in pool], dtype=bool
    ).reshape(len(pool), len(others))
    telling = [place for place in range(len(pool)) if not takes[place].all()]
    for number in range(1, _MOST_TOGETHER + 1):
        for places in combinations(telling, number):
            if not takes[list(places)].all(axis=0).any() and _compatible(pool, places):
                return [pool[place] for place in places]
    return _greedy(pool, takes, telling)


def _greedy(
    pool: list[Condition], takes: np.ndarray, telling: list[int]
) -> list[Condition]:
    taken, chosen = np.ones(takes.shape[1], bool), []
    while telling:
        best = min(telling, key=lambda place: (taken & takes[place]).sum())
        if (taken & takes[best]).sum() == taken.sum():
            break
        taken &= takes[best]
        chosen.append(best)
        telling = [p for p in telling if _compatible(pool, (*chosen, p))]
        telling = [p for p in telling if p not in chosen]
    return [pool[place] for place in chosen]


def _compatible(pool: list[Condition], places: Sequence[int]) -> bool:
    """Whether no key has two values that one rule can't both ask for."""
    names = [pool[place][0] for place in places]
    single = [n for n in names if n not in _LISTS and n != "not_description"]
    return len(single) == len(set(single))


def _needed(rules: list[Match], series: Sequence[Series]) -> list[Match]:
    """Without a rule whose series the others take as well."""
    kept = list(dict.fromkeys(rules))
    for rule in list(reversed(kept)):
        rest = [other for other in kept if other != rule]
        if rest and all(any(fulfils(s, r) for r in rest) for s in series):
            kept = rest
    return kept


def _different(series: Sequence[Series]) -> list[Series]:
    """One of each that no rule could tell apart."""
    return list({_facts(one): one for one in reversed(series)}.values())[::-1]


def _facts(series: Series) -> tuple:
    return (
        series.modality,
        series.description,
        series.image_type,
        series.scan_options,
        series.scanning_sequence,
        series.b_value,
        series.units,
        series.echo_time_ms,
        series.repetition_time_ms,
        series.inversion_time_ms,
        bool(series.contrast_agent.strip()),
        series.plane,
        series.phase,
        series.phases,
        series.manufacturer,
        series.model,
    )
