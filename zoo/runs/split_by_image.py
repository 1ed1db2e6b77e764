"""How outputs mark a run whose data set dealt images, not patients, to its splits."""

from pipelines.records.data_set import LEAKS

IMAGE = "image"


def note(split_by: str) -> str:
    """What stands beside every result; empty where patients were dealt."""
    return LEAKS if split_by == IMAGE else ""


def entry(split_by: str) -> dict[str, str]:
    """What metrics.json says of it; empty likewise."""
    return {"split_by": split_by} if split_by == IMAGE else {}
