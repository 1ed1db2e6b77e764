"""Channels that a task could derive from its sequences, as comments of the file."""

import re
from collections.abc import Iterator, Sequence

from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.task_text import Section
from pipelines.storage.config_files import toml_line

_ABOVE = (
    "What could be computed of these on the grid, as one channel more: "
    "docs/centre-and-derived.md. To take it, take the # away. What it comes from has "
    "to stand above without a #, with channel = false if the record shall not hold it."
)
_SHARE = 0.8  # of the studies of the rarer one, that hold both
_MOMENTS = (("ED", "ES"), ("end_diastole", "end_systole"))
# Names in which a formula could not tell where one ends.
_UNFIT = re.compile(r"[(),]|\s[-/]\s")


def sections(sequences: Sequence[DraftedSequence]) -> Iterator[Section]:
    """A heading, and a section for each channel; nothing where nothing fits.

    Args:
        sequences: all that the source offers, taken or not.
    """
    held = [one for one in sequences if one.studies and not _UNFIT.search(one.name)]
    channels = {**_coefficients(held), **_contrast(held), **_moments(held)}
    if channels:
        yield Section(text="", comments=(_ABOVE,))
    for name, derive in channels.items():
        lines = ["[[sequences]]", toml_line("name", name), toml_line("derive", derive)]
        yield Section(text="\n".join(lines), active=False)


def _coefficients(held: Sequence[DraftedSequence]) -> dict[str, str]:
    """A fit over the isotropic images of a plane, by its name."""
    planes: dict[str, list[DraftedSequence]] = {}
    for one in held:
        if one.kind is not None and one.kind.weighting == "DWI" and one.kind.b_values:
            planes.setdefault(one.plane, []).append(one)
    together = {plane: _together(group) for plane, group in planes.items()}
    return {
        "_".join(filter(None, ("ADC_fitted", plane if len(planes) > 1 else ""))): (
            f"adc({', '.join(one.name for one in group)})"
        )
        for plane, group in together.items()
        if len(group) > 1
    }


def _together(group: Sequence[DraftedSequence]) -> list[DraftedSequence]:
    """Those of different b-values that the same studies hold, by rising b-value."""
    kept: list[DraftedSequence] = []
    for one in sorted(group, key=lambda each: -len(each.studies)):
        low, high = one.kind.b_values
        apart = all(
            low > other.kind.b_values[1] or high < other.kind.b_values[0]
            for other in kept
        )
        if apart and all(_same_studies(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.kind.b_values)


def _contrast(held: Sequence[DraftedSequence]) -> dict[str, str]:
    """T1-weighted images after contrast less those before, by the name."""
    before = {one.name: one for one in held}
    pairs = [
        (one, before.get(one.name.replace("_CE", "", 1)))
        for one in held
        if one.kind is not None and one.kind.contrast and one.kind.weighting == "T1WI"
    ]
    return _differences(pairs)


def _moments(held: Sequence[DraftedSequence]) -> dict[str, str]:
    """The fullest heart less the emptiest one."""
    named = {one.name.casefold(): one for one in held}
    return _differences(
        [(named.get(a.casefold()), named.get(b.casefold())) for a, b in _MOMENTS]
    )


def _differences(
    pairs: Sequence[tuple[DraftedSequence | None, DraftedSequence | None]],
) -> dict[str, str]:
    return {
        f"{one.name}-{other.name}": f"{one.name} - {other.name}"
        for one, other in pairs
        if one and other and one is not other and _same_studies(one, other)
    }


def _same_studies(one: DraftedSequence, other: DraftedSequence) -> bool:
    both = len(one.studies & other.studies)
    return both >= _SHARE * min(len(one.studies), len(other.studies))
