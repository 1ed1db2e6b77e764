import csv

from tests.tuning.reporting import made_up
from tuning.reporting import findings, trials_csv

RATE = "optimisation.learning_rate"


def test_everything_reads_back(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    values = {"arch": "resnet3d18", RATE: 0.00012345678901}
    made_up.put(sweep, made_up.trial(0, 0.8, values))
    made_up.put(sweep, made_up.failed(1, {"arch": "cnn3d", RATE: 0.1}, "a, b"))
    path = trials_csv.write(findings.of(sweep))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # for Excel
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert float(first[RATE]) == values[RATE]
    assert (first["state"], first["code_side"]) == ("completed", "A")
    assert float(first["objective_fold_0"]) == 0.8
    assert float(first["objective_fold_1"]) == 0.8 + 0.02
    assert float(first["seconds_steps"]) == 40.0
    assert (second["state"], second["reason"]) == ("failed", "a, b")
    assert second["objective"] == second["objective_fold_0"] == ""
