from zoo.evaluation.results.metric_text import area_text, cell, title


def test_the_interval_stands_in_the_legend():
    entry = {"value": 0.9, "intervals": {"bootstrap": {"low": 0.8, "high": 0.95}}}
    assert area_text(entry, 0.95) == "AUC 0.900 (95% CI 0.800–0.950)"
    entry["intervals"]["bootstrap"] = {"low": None, "high": None, "reason": "r"}
    assert area_text(entry, 0.95) == "AUC 0.900 (no interval)"
    none = {"value": None, "reason": "no sample of class b", "intervals": {}}
    assert area_text(none, 0.95) == "AUC not defined (no sample of class b)"


def test_titles_say_the_column_and_the_metric():
    assert title("fat %: mae") == "fat %: mean absolute error"
    assert title("balanced_accuracy") == "balanced accuracy"


def test_a_cell_without_a_value():
    assert cell({"value": None, "reason": "r", "intervals": {}}) == "-"


def test_a_cell_of_negative_ends():
    interval = {"low": -0.2, "high": 0.1}
    entry = {"value": -0.1, "intervals": {"bootstrap": interval}}
    assert cell(entry) == "-0.100 (-0.200 to 0.100)"
