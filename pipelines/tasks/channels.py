"""Which sequences of a task are channels, and which only feed others."""

from collections.abc import Sequence

from pipelines.tasks import derivation
from pipelines.tasks import sequence as tasks


def check(
    sequences: Sequence[tasks.Sequence],
    *,
    unit: str,
    reference: str | None,
    centre_of: Sequence[str],
) -> None:
    """Holds the sequences of a task against each other, and against its grid.

    Args:
        reference: grid.reference.
        centre_of: grid.centre_of.

    Raises:
        ValueError: no sequence, a name twice, a reference that is none of them or is
            derived; a derivation that has no sources; one that is no channel and feeds
            nothing; b-values where the unit is the series.
    """
    names = [one.name for one in sequences]
    if not names or len({*names}) != len(names):
        raise ValueError(f"sequences want different names. Received: {names}")
    derived = {one.name: one.derive for one in sequences if one.derive}
    acquired = [name for name in names if name not in derived]
    stated = {one.name: one.b_value for one in sequences if one.b_value is not None}
    derivation.check(derived, acquired, unit)
    derivation.check_b_values(derived, stated)
    if reference in derived:
        raise ValueError(
            "grid.reference is a sequence that is acquired. Received: "
            f"{reference!r}, which is derived"
        )
    if reference is not None and reference not in names:
        raise ValueError(
            f"grid.reference is none of the sequences {names}. Received: {reference!r}"
        )
    if stated and unit != "study":
        raise ValueError(
            "b_value is of a sequence of a study, and the unit is the series. "
            f"Received: {stated}"
        )
    sources = {s for each in derived.values() for s in derivation.parse(each).sources}
    _check_hidden(sequences, unit, sources | {*centre_of} | {reference})


def _check_hidden(
    sequences: Sequence[tasks.Sequence], unit: str, used: set[str | None]
) -> None:
    hidden = [one.name for one in sequences if not one.channel]
    if hidden and (unit != "study" or len(hidden) == len(sequences)):
        raise ValueError(
            "channel = false is for some of the sequences of a study: a record has one "
            f"channel or more. Received: unit={unit!r}, channel = false for {hidden}"
        )
    idle = [name for name in hidden if name not in used]
    if idle:
        raise ValueError(
            "channel = false is for a sequence that something comes from: the source "
            "of a derive, one of grid.centre_of, or grid.reference. "
            f"Received: channel = false for {idle}"
        )
