import pytest

from pipelines.errors import UsageError
from zoo.serving.client.model_choice import MOST_VERSION, ModelChoice


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"name": ""}, "--model wants the name"),
        ({"name": "a", "version": 1, "label": "b"}, "leave one out. Received: --ver"),
        ({"name": "a", "version": -1}, "--version is a number from 0"),
        ({"name": "a", "version": MOST_VERSION + 1}, "--version is a number from 0"),
        ({"name": "a", "label": ""}, "--label wants a label"),
    ],
)
def test_what_can_not_be_chosen(choice, message):
    with pytest.raises(UsageError, match=message):
        ModelChoice(**choice)


def test_either_chooses():
    assert ModelChoice(name="a", version=0).version == 0
    assert ModelChoice(name="a", label="b").label == "b"
