"""What of metrics.json tables and figures show."""


def shown_level(evidence: dict) -> str:
    """The level that tables and figures show: patients, where all splits have them."""
    defined = all(split["patient"]["defined"] for split in evidence["splits"].values())
    return "patient" if defined else "sample"


def preferred(entry: dict) -> dict | None:
    """The interval to show for one metric: DeLong's, Wilson's, else the bootstrap's.

    Args:
        entry: one metric as it stands in metrics.json.
    Returns:
        `{"low", "high", ...}`, or none where no interval is defined.
    """
    for method in ("delong", "wilson", "bootstrap"):
        interval = entry["intervals"].get(method)
        if interval is not None and interval["low"] is not None:
            return interval
    return None
