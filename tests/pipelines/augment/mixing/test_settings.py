import math

import pytest

from pipelines.augment.mixing.settings import Mixing


@pytest.mark.parametrize(
    "shares",
    [
        {"cutmix": -0.1},
        {"cutmix": 0.6, "mixup": 0.5},
        {"cutmix": math.nan},
        {"mixup": math.nan},
        {"mixup": math.inf},
    ],
)
def test_shares_are_checked(shares):
    with pytest.raises(ValueError, match="together 1 at most. Received: cutmix="):
        Mixing(**shares)


@pytest.mark.parametrize("name", ["cutmix_alpha", "mixup_alpha"])
@pytest.mark.parametrize("alpha", [0.0, -1.0, math.nan, math.inf])
def test_alpha_is_positive_and_finite(name, alpha):
    with pytest.raises(ValueError, match=f"{name} must be from 0.01 to .*: {alpha}"):
        Mixing(**{name: alpha})
