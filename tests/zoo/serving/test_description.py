import json

import pytest

from pipelines.errors import DataError
from tests.zoo.prediction import networks
from zoo.serving.description import Description, is_staged, set_level

CLINICAL = Description(
    task=networks.CLINICAL, covariates=("sex", "age"), channels=("T2", "T1")
)


def test_a_description_comes_back_from_its_text():
    read = Description.from_json(CLINICAL.to_json())
    assert read == CLINICAL
    assert read.task.spec == networks.CLINICAL.spec
    assert Description.from_json(CLINICAL.to_json().encode()) == CLINICAL


def test_the_text_names_its_format_and_nothing_beside_the_task():
    content = json.loads(CLINICAL.to_json())
    assert content["format"] == 1
    assert {*content} == {"format", "task", "covariates", "channels"}


@pytest.mark.parametrize("text", ["", "[1]", "{}", "half a", '"text"', b"\xff"])
def test_a_text_that_describes_nothing(text):
    with pytest.raises(DataError, match="does not describe its task: a JSON object"):
        Description.from_json(text)


def test_a_newer_format():
    text = CLINICAL.to_json().replace('"format": 1', '"format": 2')
    with pytest.raises(DataError, match="in format 2, and this version reads 1"):
        Description.from_json(text)


def test_a_key_that_is_missing():
    content = json.loads(CLINICAL.to_json())
    del content["task"]["grid"]
    with pytest.raises(DataError, match="task of the served model"):
        Description.from_json(json.dumps(content))


@pytest.mark.parametrize("word", ["covariates", "channels"])
def test_what_the_task_has_not(word):
    with pytest.raises(ValueError, match=f"{word} are some of the task's"):
        Description(**{"task": networks.TASK, "channels": ("T1",), word: ("age",)})


def test_whether_a_model_has_a_last_stage():
    assert is_staged('{"name": "liver", "last_stage": {"outputs": ["score"]}}')
    assert not is_staged('{"name": "liver"}')
    for text in ("", "[1]", "half a", '"text"'):
        with pytest.raises(DataError, match="does not say what it is: a JSON object"):
            is_staged(text)


def test_what_the_sets_of_a_model_cover():
    text = '{"last_stage": {"outputs": ["score"], "sets": %s}}'
    assert set_level(text % '{"level": 0.9, "too_few": []}') == 0.9
    assert set_level('{"last_stage": {"outputs": ["score"]}}') is None
    for wrong in ("{}", "[1]", '{"level": 2.0}', '{"level": "a"}'):
        with pytest.raises(DataError, match="sets of classes of no known coverage"):
            set_level(text % wrong)
