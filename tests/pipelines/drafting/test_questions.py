import pytest

from pipelines.drafting import questions
from pipelines.drafting.questions import Asker, Question, read_answers
from pipelines.errors import DataError, UsageError

_KIND = Question(
    key="kind", text="Which kind?", choices=("ordinal", "regression"), default="ordinal"
)
_TARGET = Question(key="target", text="Which column?", choices=("Stage", "Age"))
_SOME = Question(
    key="covariates", text="Which?", choices=("age", "sex", "a, b"), several=True
)


def _typing(monkeypatch, *lines):
    typed = iter(lines)

    def line(_):
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(questions, "input", line, raising=False)


def test_a_given_answer_goes_before_the_default():
    assert Asker({"kind": "regression"}, terminal=False).ask(_KIND) == "regression"
    assert Asker({}, terminal=False).ask(_KIND) == "ordinal"


def test_an_answer_takes_the_words_of_the_choices():
    assert Asker({"target": " stage "}, terminal=False).ask(_TARGET) == "Stage"


def test_what_nobody_knows_stays_open():
    asker = Asker({}, terminal=False)
    assert asker.ask(_TARGET) == "" and asker.ask(_KIND) == "ordinal"
    assert asker.open == (_TARGET,)


def test_an_answer_that_is_no_choice_names_the_nearest():
    with pytest.raises(UsageError, match=r"target is one of Stage, Age \(did you mean"):
        Asker({"target": "Stagge"}, terminal=False).ask(_TARGET)


def test_an_empty_answer_is_none():
    with pytest.raises(UsageError, match="the answer to target is empty"):
        Asker({"target": " "}, terminal=False).ask(_TARGET)


def test_several_choices():
    answer = Asker({"covariates": "SEX,age"}, terminal=False).ask(_SOME)
    assert answer == "sex, age"
    assert questions.parts(answer, _SOME) == ("sex", "age")
    assert questions.parts("a, b", _SOME) == ("a, b",)
    with pytest.raises(UsageError, match="covariates is some of .* Received: 'height'"):
        Asker({"covariates": "age, height"}, terminal=False).ask(_SOME)


def test_answers_to_nothing_are_named():
    asker = Asker({"kind": "ordinal", "targt": "Stage"}, terminal=False)
    asker.ask(_KIND)
    asker.ask(_TARGET)
    with pytest.raises(UsageError, match=r"to: targt \(did you mean 'target'\?\)"):
        asker.check_used()


def test_the_terminal_asks_until_an_answer_will_do(monkeypatch, capsys):
    _typing(monkeypatch, "Agge", "Age")
    asker = Asker({}, terminal=True)
    assert asker.ask(_TARGET) == "Age" == asker.ask(_TARGET)  # asked once
    assert "did you mean 'Age'?" in capsys.readouterr().out
    assert asker.open == ()


def test_enter_alone_takes_the_default(monkeypatch):
    _typing(monkeypatch, "")
    assert Asker({}, terminal=True).ask(_KIND) == "ordinal"


def test_an_end_of_input_leaves_it_open(monkeypatch):
    _typing(monkeypatch)
    asker = Asker({}, terminal=True)
    assert asker.ask(_TARGET) == ""
    assert asker.open == (_TARGET,)


def test_a_given_answer_is_not_asked_for(monkeypatch, capsys):
    _typing(monkeypatch, "Age")
    assert Asker({"target": "Stage"}, terminal=True).ask(_TARGET) == "Stage"
    assert capsys.readouterr().out == ""


def test_a_file_of_answers(tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(
        'target = "Größe"\nfolds = 5\nregistration = false\nall = ["a", 1]\n',
        encoding="utf-8",
    )
    assert read_answers(path) == {
        "target": "Größe",
        "folds": "5",
        "registration": "no",
        "all": "a, 1",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("target: label", "is no file of answers .* A line of it is like"),
        ("[target]\nname = 'a'", "target wants a text, a number, true, false"),
    ],
)
def test_what_is_no_file_of_answers(tmp_path, content, message):
    path = tmp_path / "answers.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_answers(path)


def test_a_file_of_answers_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="can't be read: No such file"):
        read_answers(tmp_path / "answers.toml")
