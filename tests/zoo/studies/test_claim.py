"""A claim of gains, from the study file to the page."""

import dataclasses

from pipelines import command
from tests.zoo.evaluation.comparison.models import other_model
from tests.zoo.test_evaluate import all_folds
from zoo import compare
from zoo.evaluation.predictions import predictions_file
from zoo.studies import page_tables, report, steps, study
from zoo.studies.request import Request

NOISE = {
    "alexnet_scratch": 9.0,
    "alexnet_finetuned": 0.1,
    "googlenet_scratch": 0.2,
    "googlenet_finetuned": 0.2,
}


def test_that_alexnet_gains_most_is_tested_on_the_patients_set_aside(tmp_path):
    loaded = study.load("glioma_transfer")
    asked = Request(
        name="glioma_transfer", study=loaded, kind="phantom", out=tmp_path / "out"
    )
    (tmp_path / "out" / "runs").mkdir(parents=True)
    for number, (name, noise) in enumerate(NOISE.items()):
        folder = all_folds(steps.run_path(asked, name), holdout=True)
        for path in folder.glob("fold-*/predictions.csv"):
            told = predictions_file.read(path)
            predictions_file.write(path, other_model(told, number, noise=noise))
    (claim,) = [c for c in steps.made_claims(asked) if c.gains]
    name = f"compare-{claim.name}"
    (step,) = [each for each in steps.steps(asked) if each.name == name]
    assert command.run(compare.main, [*step.arguments, "--bootstrap", "200"]) == 0

    told = report.tested(asked, claim)
    assert told["patients"] == 12 and told["gains"] == [
        ["alexnet_scratch", "alexnet_finetuned"],
        ["googlenet_scratch", "googlenet_finetuned"],
    ]
    (row,) = told["rows"]
    assert row["model"] == "alexnet_finetuned:holdout"
    assert row["value"] > row["reference_value"]
    (shown,) = page_tables.claims({"claims": [told]})
    assert "alexnet_finetuned over alexnet_scratch: +" in shown
    assert "on the same 12 patients set aside" in shown and ":holdout" not in shown


def test_a_claim_without_its_runs_is_not_made(tmp_path):
    loaded = study.load("glioma_transfer")
    asked = Request(
        name="glioma_transfer", study=loaded, kind="phantom", out=tmp_path / "out"
    )
    names = [claim.name for claim in steps.made_claims(asked)]
    assert "alexnet_gains_most" in names
    scratch = dataclasses.replace(asked, without_weights=True)
    assert steps.made_claims(scratch) == ()
