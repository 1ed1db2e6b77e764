"""Claims on the page of a study, as `zoo.compare` tests them."""

from tests.zoo.evaluation.comparison.models import pair
from tests.zoo.evaluation.comparison.report.tables import compared
from tests.zoo.evaluation.comparison.report.test_gains import four, gained
from zoo.evaluation.comparison.report import files
from zoo.studies import page_tables


def claim(found, gains=()):
    """The claim as study.json holds it."""
    content = files.content(found)
    facts = {name: content[name] for name in ("level", "patients", "confidence")}
    return {
        **{"claim": "b gains most", "holdout": True, "gains": gains},
        **{**facts, "rows": content["comparisons"]},
    }


def text(*claims):
    (section,) = page_tables.claims({"claims": claims})
    return str(section)


def test_a_claim_of_gains_has_estimate_interval_p_and_number():
    found = gained(*four(1))
    (row,) = found.rows
    shown = text(claim(found, [["a", "b"], ["c", "d"]]))
    assert "<h3>b gains most</h3>" in shown
    assert f"<td>b over a: {row.value:+.3f}</td>" in shown
    assert f"<td>d over c: {row.reference_value:+.3f}</td>" in shown
    ends = f"({row.inference.low:+.3f} to {row.inference.high:+.3f})"
    assert f"<td>{row.difference:+.3f} {ends}</td>" in shown
    assert f"<td>{row.inference.p:.3f}</td>" in shown
    assert "difference of gains (95 % interval)" in shown
    assert "on the same 60 patients set aside" in shown


def test_a_claim_of_models_names_them():
    shown = text(claim(compared(*pair(40))))
    assert "<td>b</td><td>a</td>" in shown and "over" not in shown
    assert "difference (95 % interval)" in shown


def test_without_claims_there_is_no_section():
    assert page_tables.claims({"claims": []}) == []
