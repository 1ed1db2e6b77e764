"""Figures of runs whose target is a number."""

import json

import pytest

from pipelines.errors import DataError
from zoo.studies import cells, number_figures
from zoo.studies.table import Row, Table


def judged(folder, figures="per_column"):
    """A run's metrics.json with one column.

    Args:
        figures: where they stand: of classes in `per_class`.
    """
    interval = {"bootstrap": {"low": 3.0, "high": 6.0}}
    column = {"known": 12}
    column["mae"] = {"value": 4.5, "reason": "", "intervals": interval}
    column["r2"] = {"value": None, "reason": "one number", "intervals": {}}
    level = {"defined": True, "samples": 14, figures: {"fat": column}}
    levels = {"patient": level, "sample": level}
    content = {"columns": ["fat"], "splits": {"validation": levels}}
    (folder / "metrics.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_table_shows_them_with_the_interval_and_those_who_know_it(tmp_path):
    row = Row(label="x", of="x", split="validation")
    table = Table(title="t", columns=("mae", "r2"), rows=(row,))
    error, explained = cells.cells(table, row, judged(tmp_path))
    assert (error.value, error.low, error.high) == (4.5, 3.0, 6.0)
    assert (error.number, error.level) == (12, "patient")
    assert (explained.value, explained.low) == (None, None)


def test_a_run_of_classes_has_none(tmp_path):
    with pytest.raises(DataError, match="predicts no number, so it has no mae"):
        number_figures.read(judged(tmp_path, "per_class"), "validation", "mae")


def test_a_split_that_is_none_is_named(tmp_path):
    with pytest.raises(DataError, match="no test split. It has validation"):
        number_figures.read(judged(tmp_path), "test", "mae")


def test_a_run_that_was_not_judged_is_named(tmp_path):
    with pytest.raises(DataError, match="has not been judged"):
        number_figures.read(tmp_path, "test", "mae")
