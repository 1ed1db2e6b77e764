"""How outputs mark a run that is judged by patients who trained its first weights."""

from collections.abc import Mapping


def in_words(counts: Mapping[str, int]) -> str:
    """For example `4 patients of the validation and 5 of the test split`.

    Args:
        counts: patients by split, of one split at least.
    """
    (first, number), *others = counts.items()
    words = f"{number} patient{'s' if number > 1 else ''} of the {first}"
    words += "".join(f" and {count} of the {split}" for split, count in others)
    return f"{words} split"


def note(counts: Mapping[str, int]) -> str:
    """What stands beside every result; empty where nobody was seen.

    Args:
        counts: patients by split, see `Run.seen_patients`.
    """
    if not counts:
        return ""
    return (
        f"SEEN BEFORE: {in_words(counts)} trained the run that the weights come from, "
        "so these results flatter"
    )
