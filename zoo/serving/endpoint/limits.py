"""How much a request may ask of the server."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of size, time and number, for both protocols alike."""

    max_request_bytes: int = 64 * 2**20  # larger: RESOURCE_EXHAUSTED, HTTP 413
    request_timeout_s: float = 30.0  # an earlier deadline of the client holds too
    max_requests: int = 64  # running and waiting together; more: UNAVAILABLE
    sessions_at_once: int = field(default_factory=lambda: os.cpu_count() or 1)

    def __post_init__(self):
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} must be positive. Received: {value}")
