import pytest

from pipelines.augment.mixing.settings import Mixing


@pytest.mark.parametrize("shares", [{"cutmix": -0.1}, {"cutmix": 0.6, "mixup": 0.5}])
def test_shares_are_checked(shares):
    with pytest.raises(ValueError, match="together 1 at most. Received: cutmix="):
        Mixing(**shares)


@pytest.mark.parametrize("alpha", ["cutmix_alpha", "mixup_alpha"])
def test_alpha_is_positive(alpha):
    with pytest.raises(ValueError, match="must be positive. Received: .*0.0"):
        Mixing(**{alpha: 0.0})
