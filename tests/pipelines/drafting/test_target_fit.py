import pytest

from pipelines.drafting.column_kinds import column
from pipelines.drafting.target_fit import FITS, Candidate, kinds
from pipelines.tasks.target_kinds import LABEL_KINDS

_WORDS = ["b", "a", "c", "a", "b", "c"]
_GRADES = ["I", "II", "III", "I", "II", "III"]
_ISUP = ["1", "2", "5", "1", "2", "5"]
_LABEL = ["0", "1", "1", "0"]
_NUMBERS = ["1.5", "2.5", "40", "80"]


def _candidate(cells):
    values = {cell: cells.count(cell) for cell in cells}
    return Candidate(column=column("x", cells), values=values)


@pytest.mark.parametrize(
    ("columns", "fitting"),
    [
        ([_WORDS], ("classification",)),
        ([_LABEL], ("classification",)),
        ([["mild", "severe"] * 3], ("classification",)),  # of two there is no order
        ([_GRADES], ("ordinal", "classification")),
        ([_ISUP], ("ordinal", "classification", "regression")),
        ([_NUMBERS], ("regression",)),
        ([["63Y", "71Y"]], ("regression",)),
        ([_LABEL, _LABEL], ("multilabel",)),
        ([_NUMBERS, _LABEL], ("regression",)),
        ([_WORDS, _LABEL], ()),
        ([_GRADES, _GRADES], ()),
        ([], ()),
    ],
)
def test_the_kinds_that_columns_may_be(columns, fitting):
    assert kinds([_candidate(cells) for cells in columns]) == fitting


def test_every_kind_of_target_is_thought_of():
    assert FITS.keys() == LABEL_KINDS.keys()
