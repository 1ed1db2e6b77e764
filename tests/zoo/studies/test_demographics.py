"""The paper's table of its patients beside ours."""

from tests.zoo.studies import small_study
from zoo.studies import demographics, steps

TABLE = '[demographics]\ncolumns = ["ill", "p"]\nrows = [["age", "54", "0.7"]]\n\n'


def test_both_tables(tmp_path):
    text = small_study.TEXT.replace("[paper]", f"{TABLE}[paper]")
    asked = small_study.request(tmp_path, text=text)
    made = next(s for s in steps.steps(asked) if s.name == "describe").output
    made.mkdir(parents=True)
    csv = "by class,all,ill\n  age,50,51\n"
    (made / "table_1_class.csv").write_text(csv, encoding="utf-8")
    both = demographics.demographics(asked)
    assert both["paper"]["rows"] == [["age", "54", "0.7"]]
    assert both["ours"]["header"] == ["by class", "all", "ill"]
    assert [cell.strip() for cell in both["ours"]["rows"][0]] == ["age", "50", "51"]


def test_none_where_the_paper_has_none(tmp_path):
    asked = small_study.request(tmp_path)
    assert demographics.demographics(asked) is None
    assert "describe" not in [step.name for step in steps.steps(asked)]
