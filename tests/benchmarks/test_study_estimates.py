"""Estimated and measured cost of the steps of a finished study."""

import json

from tests.zoo.studies import small_study
from zoo.studies import runner, steps


def record(name, seconds, processor):
    return {"step": name, "seconds": seconds, "processor_seconds": processor}


def test_a_row_says_how_many_times_as_long():
    import study_estimates

    records = [record("train-a", 30.0, 50.0), record("train-b", 10.0, None)]
    rows = study_estimates.lines({"train-a": 40.0, "train-b": 5.0}, records)
    assert rows == [
        ("train-a", "40", "50.0", "1.25", "30"),
        ("train-b", "5", "-", "-", "10"),
        ("in all, of those known", "40", "50.0", "1.25", "30"),
    ]


def test_records_from_before_and_networks_that_are_not_known_have_dashes():
    import study_estimates

    of_before = {"step": "train-a", "seconds": 30.0}
    rows = study_estimates.lines({"train-a": None}, [of_before])
    assert rows[0] == ("train-a", "-", "-", "-", "30")


def test_it_reads_the_steps_of_a_study_by_the_command_line_of_the_study(
    tmp_path, capsys
):
    import study_estimates

    asked = small_study.request(tmp_path)
    for step in steps.steps(asked)[:2]:
        path = runner.record(asked, step)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(step.name, 9.0, 12.5)), encoding="utf-8")
    places = {"--table": asked.source, "--labels": asked.labels, "--out": asked.out}
    words = [str(word) for pair in places.items() for word in pair]
    study_estimates.main([str(tmp_path / "small.toml"), *words])
    table = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in table]
    assert names == ["step", "ingest-acdc", "train-one", "in", "disk:"]
    assert table[1].split()[2] == "12.5" and table[3].split()[-3] == "25.0"
