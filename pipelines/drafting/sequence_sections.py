"""The sequences of a drafted task file: rules, and how many studies each takes."""

from collections.abc import Iterator, Sequence

from pipelines.drafting.conditions import b_values_text
from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.task_text import Section, sequence_text

_PREFERENCES = {
    "most_slices": "the one of most slices",
    "fewest_slices": "the one of fewest slices",
    "first": "the first by series number",
    "last": "the last by series number",
    "lowest_b": "the lowest b-value",
    "highest_b": "the highest b-value",
}
_NOT_TAKEN = (
    "Sequences that are there, too, and not taken. To take one, take the # away, and "
    "where the target is the sequence, add it to the classes."
)


def sections(
    offered: Sequence[DraftedSequence],
    taken: Sequence[DraftedSequence],
    *,
    studies: int,
) -> Iterator[Section]:
    """One for each sequence, those that are not taken as comments.

    Args:
        studies: how many the source holds.
    """
    for one in taken:
        comments = tuple(_comments(one, studies))
        yield Section(text=sequence_text(one.sequence), comments=comments)
    rest = [one for one in offered if one not in taken and one.studies]
    if rest:
        yield Section(text="", comments=(_NOT_TAKEN,))
    for one in rest:
        comments = tuple(_comments(one, studies))
        yield Section(text=sequence_text(one.sequence), comments=comments, active=False)


def _comments(one: DraftedSequence, studies: int) -> Iterator[str]:
    facts = []
    if one.kind is not None:
        facts = [one.kind.plane or "plane unknown"]
        if one.kind.b_values is not None:
            facts.append(f"b = {b_values_text(one.kind)}")
    inside = f" ({', '.join(facts)})" if facts else ""
    word = "matches" if one.kind else "is named"
    yield f"{one.name}{inside}: {word} in {len(one.studies)} of {studies} studies."
    if one.sequence.directions:
        yield "Of diffusion in several directions their geometric mean is made."
    preference = one.sequence.match.prefer if one.sequence.match else None
    if one.doubles and preference:
        yield (
            f"{one.doubles} studies hold several such series: of these "
            f"{_PREFERENCES[preference]} is taken (prefer)."
        )
    elif one.doubles:
        yield (
            f"{one.doubles} studies hold several such series, which no header fact "
            "tells apart: these are rejected."
        )
    if one.wrong:
        yield (
            f"The rules take {one.wrong} series of other kinds, too, for no header "
            "fact tells them apart: look at the sheet (--sheet)."
        )
