import json

from pipelines import command
from tests.pipelines.records import small
from zoo import audit


def test_a_data_set(tmp_path, capsys):
    folder = tmp_path / "data"
    folder.mkdir()
    task = small.task(shape=(16, 16, 16))
    small.data_set(folder, task, {("train", ""): 8, ("test", ""): 4})
    out = tmp_path / "audit"
    arguments = ["--data", str(folder), "--permutations", "99", "--out", str(out)]
    code = command.run(audit.main, arguments)
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == str(out / "audit.json")
    checks = json.loads((out / "audit.json").read_text(encoding="utf-8"))["checks"]
    assert list(checks) == [
        "patients_in_two_splits",
        "copies_across_splits",
        "class_by_split",
        "class_by_columns",
        "scanner_baseline",
    ]
    found = [name for name, check in checks.items() if check["found"]]
    assert code == bool(found)
    assert checks["patients_in_two_splits"]["found"] is False
    assert checks["class_by_split"]["rows"][0]["p"] == 1
    assert checks["scanner_baseline"]["found"] is None  # it knows no scanner
