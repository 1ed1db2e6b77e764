import dataclasses
import json

import pytest

from pipelines.errors import StudyError, UsageError
from tests.zoo.watching.drops import FACTS, FakeModel, Place, prediction
from zoo.prediction.model_facts import ModelFacts
from zoo.watching.answers import Answers

WALL = 1_900_000_000.0


@pytest.fixture
def place(tmp_path):
    return Place.make(tmp_path)


def begun(place, model, **options):
    answers = Answers(directory=place.out, history=place.history(), **options)
    answers.begin(model)
    return answers


def write(answers, record, model, *predictions):
    return answers.write(record, predictions, model, tokens=[b"12345678"], wall=WALL)


def test_an_answer_is_in_the_form_of_the_command(place):
    model = FakeModel(served={"name": "liver", "version": 3})
    answers = begun(place, model)
    answer = write(answers, "p1", model, prediction("1.25"))
    assert (answer.number, answer.outcome) == (1, "answered")
    assert answer.time == "2030-03-17T17:46:40Z"
    text = (place.out / "answered/p1.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "format": 1,
        "task": "small",
        "model": {"name": "liver", "version": 3},
        "classes": ["no", "yes"],
        "results": [
            {
                "number": 1,
                "name": "p1",
                "class": "no",
                "probabilities": {"no": 0.75, "yes": 0.25},
            }
        ],
    }
    content = (place.out / "result.csv").read_bytes().decode()
    assert content == (
        "\ufeffnumber,name,class,prob:no,prob:yes,error\n1,p1,no,0.75,0.25,\n"
    )


def test_series_have_a_row_each_in_one_answer(place):
    task = dataclasses.replace(
        FACTS.task, unit="series", sequences=FACTS.task.sequences[:1]
    )
    model = FakeModel(facts=ModelFacts(name="small", task=task))
    torn = StudyError(code="torn", problem="it is torn", cure="Mend it")
    each = [
        dataclasses.replace(prediction("1.25"), name=name)
        for name in ("series 2", "series 3 b=800")
    ]
    each[1] = dataclasses.replace(each[1], outputs=None, error=torn)
    answer = write(begun(place, model), "p1", model, *each)
    assert answer.outcome == "torn"
    assert place.rows() == [
        ("p1 series 2", ""),
        ("p1 series 3 b=800", "it is torn. Mend it"),
    ]
    assert place.files("failed") == ["p1"]


def test_a_table_that_was_moved_away_begins_anew(place):
    model = FakeModel()
    answers = begun(place, model)
    write(answers, "p1", model, prediction("1.1"))
    (place.out / "result.csv").rename(place.out / "march.csv")
    write(answers, "p2", model, prediction("1.2"))
    assert place.rows() == [("p2", "")]


def test_a_table_that_was_edited_goes_on_in_a_new_line(place):
    model = FakeModel()
    answers = begun(place, model)
    write(answers, "p1", model, prediction("1.1"))
    table = place.out / "result.csv"
    table.write_bytes(table.read_bytes().rstrip() + b"seen")
    write(answers, "p2", model, prediction("1.2"))
    assert place.rows() == [("p1", "seen"), ("p2", "")]


def test_what_a_killed_process_left_is_removed(place):
    begun(place, FakeModel())
    for folder in (".", ".watch", "answered", "failed", "changed"):
        (place.out / folder / ".p1.json.0123.part.json").touch()
    begun(place, FakeModel())
    assert not list(place.out.rglob("*.part*"))


def test_a_model_with_other_columns_is_refused(place):
    begun(place, FakeModel())
    with pytest.raises(UsageError, match="choose another --out"):
        begun(place, FakeModel(folds=("0", "1")))
    with pytest.raises(UsageError, match="choose another --out"):
        begun(place, FakeModel(), with_ids=True)
