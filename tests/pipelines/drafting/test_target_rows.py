from pipelines.drafting.target_rows import classes_of, counts
from pipelines.tasks.target import Target

_ROWS = {
    "P1": {"stage": "F0", "a": "1", "b": "0", "ml": "4,5"},
    "P2": {"stage": "F1", "a": "1", "b": "1", "ml": "n/a"},
    "P3": {"stage": "", "a": "0", "b": "", "ml": ""},
    "P4": {"stage": "F0", "a": "", "b": "", "ml": "9"},
}
_STAGE = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1"))
_LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("a", "b"))
_NUMBER = Target(kind="regression", columns=("ml",))


def test_classes():
    assert classes_of(_STAGE, _ROWS) == {"P1": "F0", "P2": "F1", "P4": "F0"}
    assert counts(_STAGE, _ROWS) == {"F0": 2, "F1": 1}


def test_the_rarest_label_of_a_row():
    assert classes_of(_LABELS, _ROWS) == {"P1": "a", "P2": "b", "P3": ""}
    assert counts(_LABELS, _ROWS) == {"a": 2, "b": 1}


def test_numbers_have_no_class():
    assert classes_of(_NUMBER, _ROWS) == {"P1": "", "P4": ""}
    assert counts(_NUMBER, _ROWS) == {}
