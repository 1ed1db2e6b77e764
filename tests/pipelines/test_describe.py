import csv

from pipelines import command, describe
from tests.pipelines.records import small


def test_a_data_set(tmp_path, capsys):
    folder, out = tmp_path / "data", tmp_path / "table"
    folder.mkdir()
    small.data_set(folder, small.task(), {("train", ""): 8, ("test", ""): 4})
    assert command.run(describe.main, [str(folder), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == str(out / "table_1.md")
    with open(out / "table_1_class.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["by class", "all", "no", "yes", "p", "test", "SMD"]
    assert rows[1][:4] == ["patients, n", "12", "6", "6"]
    assert rows[3][:4] == ["  train", "8 (67%)", "4 (67%)", "4 (67%)"]
    page = (out / "table_1.md").read_text(encoding="utf-8")
    assert page.count("| patients, n |") == 2
