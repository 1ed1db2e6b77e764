"""Series of many studies become kinds: one sequence each, as a radiologist names it."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.cohort.maps import acquired_b_value
from pipelines.drafting import b_value_words
from pipelines.drafting import weighting as physics
from pipelines.drafting.telling_facts import DESCRIBED, LADDER, Fact
from pipelines.readers.dicom.headers import Series

_MOST_DESCRIPTIONS = 12  # more are no protocol
_OFTEN = 0.3  # of the studies of a kind, so that two of it are no accident
_ORDER = ("T1WI", "T2WI", "FLAIR", "PD", "DWI", "ADC", "DTI")  # of kinds as common


@dataclass(frozen=True, kw_only=True)
class Member:
    """A series of a study; private."""

    study: str
    series: Series = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One sequence in one plane, in all studies that hold it.

    Args:
        name: as a radiologist calls it, unique among the kinds of a source.
        weighting: see `pipelines.drafting.weighting`.
        plane: of the slices; "" = unknown.
        b_values: lowest and highest there are, in s/mm2; none = no diffusion.
        contrast: whether the header states a contrast agent.
        apart: by what it was told from others of its weighting, in words.
        members: the first of each study that has several stands first.
    """

    name: str
    weighting: str
    plane: str
    b_values: tuple[float, float] | None = None
    contrast: bool = False
    apart: str = ""
    members: tuple[Member, ...] = field(repr=False)

    @property
    def studies(self) -> frozenset[str]:
        """Those that hold it."""
        return frozenset(member.study for member in self.members)


def kinds_of(studies: Mapping[str, Iterable[Series]]) -> tuple[Kind, ...]:
    """The kinds of a source, those that most studies hold first.

    Args:
        studies: the series of each study.
    """
    members = [
        Member(study=study, series=one)
        for study, series in studies.items()
        for one in series
    ]
    b_words = b_value_words.words(
        (member.study, acquired_b_value(member.series))
        for member in members
        if physics.weighting(member.series) in physics.DIFFUSION
    )
    groups: dict[tuple, list[Member]] = {}
    for member in members:
        groups.setdefault(_physics(member.series, b_words), []).append(member)
    kinds = [
        Kind(
            name=_base(called, label, contrast) + "".join(f"_{word}" for word in words),
            weighting=called,
            plane=plane,
            b_values=_b_span(part),
            contrast=contrast,
            apart=", ".join(words),
            members=tuple(part),
        )
        for (called, plane, label, contrast), group in groups.items()
        for words, part in _apart(group, LADDER)
    ]
    kinds.sort(key=_order)
    return tuple(_named_apart(kinds))


def _order(kind: Kind) -> tuple:
    """What most studies hold first, then as usual, by name, localizers last."""
    known = kind.weighting in _ORDER
    place = _ORDER.index(kind.weighting) if known else len(_ORDER)
    b_value = kind.b_values[0] if kind.b_values else 0.0
    last = kind.weighting in (physics.LOCALIZER, physics.OTHER)
    return last, -len(kind.studies), place, b_value, kind.name, kind.plane


def _physics(series: Series, b_words: Mapping[float, str]) -> tuple:
    called = physics.weighting(series)
    b_value = acquired_b_value(series)
    label = ""
    if called in physics.DIFFUSION and b_value is not None:
        label = b_words[b_value]
    contrast = called not in ("ADC", physics.LOCALIZER, *physics.DIFFUSION)
    return called, series.plane, label, contrast and physics.with_contrast(series)


def _base(called: str, label: str, contrast: bool) -> str:
    return called + (f"_{label}" if label else "") + ("_CE" if contrast else "")


def _b_span(members: Iterable[Member]) -> tuple[float, float] | None:
    values = [acquired_b_value(member.series) for member in members]
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known else None


def _apart(
    members: list[Member], ladder: tuple[Fact, ...]
) -> Iterator[tuple[tuple[str, ...], list[Member]]]:
    """Parts that studies hold once, as far as a header fact tells them apart."""
    doubled = _doubled(members)
    studies = {member.study for member in members}
    if doubled < max(1, _OFTEN * len(studies)):
        yield (), members
        return
    for place, fact in enumerate(ladder):
        word_of = fact([member.series for member in members])
        parts: dict[str, list[Member]] = {}
        for member in members:
            parts.setdefault(word_of(member.series), []).append(member)
        several = 1 < len(parts) <= _MOST_DESCRIPTIONS
        if several and max(map(_doubled, parts.values())) <= doubled / 2:
            numbered = fact is DESCRIBED
            for number, (value, part) in enumerate(parts.items(), 1):
                word = str(number) if numbered else str(value)
                for words, rest in _apart(part, ladder[place + 1 :]):
                    yield (*((word,) if word else ()), *words), rest
            return
    yield (), members


def _doubled(members: Iterable[Member]) -> int:
    """How many studies hold two or more of them."""
    held = Counter(member.study for member in members)
    return sum(number > 1 for number in held.values())


def _named_apart(kinds: list[Kind]) -> Iterator[Kind]:
    """Names with the plane where several share one, and with a number if need be."""
    planes: dict[str, set[str]] = {}
    for kind in kinds:
        planes.setdefault(kind.name, set()).add(kind.plane)
    taken: Counter[str] = Counter()
    for kind in kinds:
        name = kind.name
        if len(planes[name]) > 1:
            name = f"{name}_{kind.plane or 'unknown'}"
        taken[name] += 1
        yield replace(kind, name=name if taken[name] == 1 else f"{name}_{taken[name]}")


def span(values: Iterable[float | None]) -> tuple[float, float] | None:
    """Lowest and highest; none where any of them is not known, or not a number."""
    known = list(values)
    if not known or any(v is None or not math.isfinite(v) for v in known):
        return None
    return min(known), max(known)
