"""How much a request may ask."""

import pytest

from zoo.serving.endpoint.limits import Limits


def test_limits_are_positive():
    with pytest.raises(ValueError, match="max_requests must be positive. Received: 0"):
        Limits(max_requests=0)
