from zoo.serving.page.page_figures import rows

AUC = {
    "value": 0.8,
    "intervals": {
        "bootstrap": {"low": 0.5, "high": 0.8},
        "delong": {"low": 0.6, "high": 0.9},
        "newcombe": {"low": None, "high": None},
    },
}
KAPPA = {"value": 0.0, "intervals": {"bootstrap": {"low": None, "high": None}}}
LEVEL = {
    "by": "patient",
    "samples": 12,
    "patients": 9,
    "auc": AUC,
    "kappa": KAPPA,
    "accuracy": {"value": None, "intervals": {}},
}


def part(of, **splits):
    return {"of": of, "confidence": 0.95, "metrics": {"": splits}}


def test_a_row_for_each_metric_with_the_interval_that_tables_show():
    auc, kappa = rows(part("figures of the run", test=LEVEL))
    assert auc == {
        "of": "figures of the run",
        "confidence": 0.95,
        "target": "",
        "split": "test",
        "by": "patient",
        "samples": 12,
        "patients": 9,
        "metric": "auc",
        "value": 0.8,
        "low": 0.5,
        "high": 0.8,
    }
    assert (kappa["metric"], kappa["value"], kappa["low"]) == ("kappa", 0.0, None)


def test_of_folds_the_members_and_their_mean():
    figures = {"members": part("members", test=LEVEL), "mean": part("mean", test=LEVEL)}
    assert [row["of"] for row in rows(figures)] == ["members"] * 2 + ["mean"] * 2


def test_nothing_where_nobody_judged():
    assert not [*rows({"of": "x", "metrics": {}, "note": "not judged"})]
