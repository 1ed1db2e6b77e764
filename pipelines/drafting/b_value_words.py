"""What a b-value is called: by itself where protocols agree, else by its range."""

from collections.abc import Iterable

# Lowest and highest of each range, in s/mm2, as rules ask for them.
RANGES = {"low": (0.0, 120.0), "middle": (120.1, 499.9), "high": (500.0, 20000.0)}
_USUAL = 0.6  # of the studies with diffusion, so that a b-value is a protocol
_SAME, _SAME_SHARE = 10.0, 0.05  # s/mm2, or this share of it


def words(held: Iterable[tuple[str, float]]) -> dict[float, str]:
    """The word for each b-value: `"b800"` where most studies have it, else `"high"`.

    Args:
        held: study and b-value of every series.
    """
    holders: dict[float, set[str]] = {}
    for study, b_value in held:
        holders.setdefault(b_value, set()).add(study)
    groups = _groups(sorted(holders))
    everybody = len(set().union(*holders.values()))
    if all(
        len(set().union(*(holders[b] for b in group))) >= _USUAL * everybody
        for group in groups
    ):
        usual = [max(group, key=lambda b: len(holders[b])) for group in groups]
        return {b: f"b{u:.0f}" for u, group in zip(usual, groups) for b in group}
    return {b_value: _range_of(b_value) for b_value in holders}


def _groups(b_values: list[float]) -> list[list[float]]:
    """Those that differ by rounding alone together; in rising order."""
    groups: list[list[float]] = []
    for b_value in b_values:
        near = max(_SAME, _SAME_SHARE * b_value)
        if groups and b_value - groups[-1][-1] <= near:
            groups[-1].append(b_value)
        else:
            groups.append([b_value])
    return groups


def _range_of(b_value: float) -> str:
    return next((word for word, (_, high) in RANGES.items() if b_value <= high), "high")
