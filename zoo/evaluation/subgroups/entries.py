"""The figures of a level of metrics.json by one name each."""

from collections.abc import Iterator

_PARTS = ("per_class", "per_label", "per_column")  # names without one of their own


def entries_of(level: dict) -> dict[str, dict]:
    """Every entry (`value` and `intervals`) of a level, `ill: sensitivity` by class.

    Args:
        level: of `metrics.json`, whatever the kind of target.
    """
    return dict(_walk(level, ""))


def _walk(part: dict, start: str) -> Iterator[tuple[str, dict]]:
    for name, value in part.items():
        if not isinstance(value, dict):
            continue
        if "value" in value and "intervals" in value:
            yield f"{start}{name}", value
        elif name in _PARTS:
            yield from _walk(value, start)
        else:
            yield from _walk(value, f"{start}{name}: ")
