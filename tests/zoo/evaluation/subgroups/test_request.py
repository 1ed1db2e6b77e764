import pytest

from pipelines.errors import UsageError
from zoo.evaluation.subgroups.request import By, parse


def test_names_and_cuts():
    assert parse(["vendor", "age:40,60.5"]) == (
        By(name="vendor"),
        By(name="age", cuts=(40, 60.5)),
    )


@pytest.mark.parametrize(
    ("texts", "match"),
    [
        ([":40"], "wants NAME"),
        (["age:"], "wants NAME"),
        (["age:old"], "numbers, as in"),
        (["age:60,40"], "ascend"),
        (["age:nan"], "ascend"),
        (["sex", "sex"], "a column once"),
    ],
)
def test_what_is_refused(texts, match):
    with pytest.raises(UsageError, match=match):
        parse(texts)
