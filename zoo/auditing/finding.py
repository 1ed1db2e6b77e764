"""What a check comes to."""

from dataclasses import dataclass, field
from typing import Any

ALPHA = 0.05  # below it, adjusted for the number of tests of a check, p is a finding


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check of an audit.

    Args:
        check: its name, as in audit.json.
        found: whether somebody should look; none = it could not be done, or it only
            informs.
        lines: what it says, for the terminal.
        facts: the same for JSON; pseudonyms only.
    """

    check: str
    found: bool | None
    lines: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
