import numpy as np
import pytest

from pipelines.characteristics import table_text
from pipelines.characteristics.columns import Column, categorical
from pipelines.characteristics.table_one import table_one

AGES = np.array([50, 60, 70, 40, 41, 45, 80, 30, np.nan, 55, 56, 57, 58, 90])


def table():
    by = categorical("class", ["no"] * 6 + ["yes"] * 7 + [""])
    columns = {
        "class": by,
        "age": Column(name="age", values=AGES),
        "dose": Column(name="dose", values=np.array([1, 2, 3, 400] + [2.0] * 10)),
        "sex": categorical("sex", ["F", "M"] * 7),
        "diabetes": Column(name="diabetes", values=np.array([1.0] + [0] * 13)),
        "nothing": Column(name="nothing", values=np.full(14, np.nan)),
    }
    return table_one(by, columns)


def line(name):
    return next(line for line in table().lines if line.name == name)


def test_groups_and_patients():
    assert table().groups == ("no", "yes")
    assert table().patients == (13, 6, 7)
    assert table().left_out == 1
    assert [line.name for line in table().lines] == ["age", "dose", "sex", "diabetes"]


def test_a_number_that_looks_normal():
    age = line("age")
    no = AGES[:6]
    assert age.cells[""][1] == f"{no.mean():.1f} ± {no.std(ddof=1):.1f}"
    assert (age.form, age.test.test, age.missing) == ("mean", "Welch t", (1, 0, 1))


def test_a_number_that_does_not():
    dose = line("dose")
    assert (dose.form, dose.test.test) == ("median", "Mann-Whitney")
    assert dose.cells[""][2] == "2.00 (2.00–2.00)"


def test_categories():
    assert line("sex").cells["F"] == ("7 (54%)", "3 (50%)", "4 (57%)")
    assert line("diabetes").cells == {"1": ("1 (8%)", "1 (17%)", "0 (0%)")}


def test_rows_are_of_one_length_and_say_all():
    rows = table_text.rows(table())
    assert len({len(row) for row in rows}) == 1
    assert rows[1][:4] == ["patients, n", "13", "6", "7"]
    titles = [row[0] for row in rows]
    assert titles[2:5] == ["age, mean ± SD", "  not known", "dose, median (quartiles)"]
    assert "diabetes, n (%)" in titles
    assert "1 patients of no known class are left out." in table_text.notes(table())


def test_markdown_escapes():
    by = categorical("class", ["a|b", "c"] * 4)
    page = table_text.markdown([table_one(by, {"class": by})])
    assert "| a\\|b | c |" in page


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "<0.001"), (0.05, "0.050"), (1.0, ">0.999")]
)
def test_p(p, text):
    assert table_text.p_text(p) == text
