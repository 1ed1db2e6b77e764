import pytest

from zoo.recipes.transfer import Transfer, share_of_depth


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"frozen": ("all", "none")}, "a number in epochs"),
        ({"frozen": ("all",), "epochs": (3,)}, "every stage but the last"),
        ({"epochs": (3,)}, "every stage but the last"),
        (
            {"frozen": ("all", "none"), "epochs": (3,), "rates": (1.0, 0.1)},
            "one in rates",
        ),
        (
            {"frozen": ("all", "none"), "epochs": (0,)},
            "each of transfer.epochs must be from 1 to",
        ),
        (
            {"frozen": ("all", "none"), "epochs": (1,), "rates": (0.0,)},
            "each of transfer.rates must be from 1e-06 to 1000",
        ),
        ({"frozen": ("100%",)}, "between 0% and 100%"),
        ({"frozen": ("0%",)}, "between 0% and 100%"),
        ({"frozen": ("half%",)}, "between 0% and 100%"),
        ({"first_rate": 0.0}, "first_rate must be from 1e-06 to 1"),
        ({"first_rate": 1.5}, "first_rate must be from 1e-06 to 1"),
        ({"batch_normalisation_momentum": 1.0}, "momentum must be from 0 to below 1"),
        (
            {"batch_normalisation": "frozen", "batch_normalisation_momentum": 0.9},
            "have no momentum",
        ),
    ],
)
def test_what_cannot_be_is_an_error(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        Transfer(**settings)


def test_without_stages_there_is_one_that_trains_everything():
    assert Transfer().stages == ("none",)
    assert Transfer(frozen=("all",)).stages == ("all",)


def test_a_share_of_the_depth():
    assert share_of_depth("37.5%") == 0.375
    assert share_of_depth("all") is None
