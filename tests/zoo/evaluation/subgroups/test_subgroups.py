import csv
import json

import numpy as np
import pytest

from pipelines.characteristics.columns import Column, categorical
from pipelines.characteristics.covariate_file import CovariateFile
from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation import cohorts
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.predictions.by_patient import levels, levels_by_split
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results import evidence
from zoo.evaluation.results.by_kind import RESULTS
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.subgroups import subgroups, write
from zoo.evaluation.subgroups.entries import entries_of
from zoo.evaluation.subgroups.request import parse
from zoo.evaluation.subgroups.sources import Sources
from zoo.targets.ordinal import ORDINAL

SETTINGS = Settings(bootstrap=200)


def sources(predictions, **texts):
    """Words of the samples, in turn."""
    samples = predictions.sample_id
    columns = {
        name: categorical(name, [words[i % len(words)] for i in range(len(samples))])
        for name, words in texts.items()
    }
    return Sources(sample_ids=samples, manifest=columns)


def test_every_figure_is_that_of_the_subset():
    predictions = cohorts.cohort(60)
    known = sources(predictions, vendor=["ge", "ge", "siemens", "siemens", "", ""])
    result = subgroups.evaluate(
        levels(predictions), "patient", parse(["vendor"]), known, SETTINGS
    )
    assert (result["split"], result["level"]) == ("test", "patient")
    groups = result["covariates"]["vendor"]["groups"]
    assert list(groups) == ["ge", "siemens", "unknown"]
    rows = np.flatnonzero(np.arange(60) % 6 < 2)
    alone = RESULTS["classification"].level(
        take(levels(predictions).patient, rows), SETTINGS
    )
    assert groups["ge"] == {"too_few": "", **alone}
    assert groups["ge"]["patients"] == 20


@pytest.mark.parametrize("made", [labelled, numbered], ids=["labels", "numbers"])
def test_other_kinds(made):
    predictions = made(40)
    known = sources(predictions, sex=["F", "F", "F", "M"])
    result = subgroups.evaluate(
        levels(predictions), "patient", parse(["sex"]), known, SETTINGS
    )
    sex = result["covariates"]["sex"]
    assert sex["groups"]["M"]["patients"] == 10
    figures = entries_of(sex["groups"]["F"])
    assert set(sex["heterogeneity"]) == set(figures)
    assert all(test["p"] is not None for test in sex["heterogeneity"].values())
    json.dumps(result, allow_nan=False)


def test_grades():
    predictions = cohorts.cohort(120, ("a", "b", "c"), kind=ORDINAL)
    known = sources(predictions, sex=["F", "F", "F", "M", "M", "M"])
    result = subgroups.evaluate(
        levels(predictions), "patient", parse(["sex"]), known, SETTINGS
    )
    tests = result["covariates"]["sex"]["heterogeneity"]
    assert tests["quadratic_kappa"]["test"] == "permutation"
    assert tests["b: auc"]["test"] == "Cochran's Q"


def test_small_groups_are_said():
    predictions = cohorts.cohort(30)
    known = sources(predictions, site=["a"] * 9 + ["b"] * 21)
    groups = subgroups.evaluate(
        levels(predictions), "patient", parse(["site"]), known, SETTINGS
    )["covariates"]["site"]["groups"]
    assert groups["a"]["too_few"] == "4 patients of class ill"
    assert groups["b"]["too_few"] == ""


def test_p_is_adjusted_over_the_covariates():
    predictions = cohorts.cohort(60)
    known = sources(predictions, x=["a", "a", "b", "b"], y=["a"] * 4 + ["b"] * 2)
    asked = parse(["x", "y"])
    covariates = subgroups.evaluate(
        levels(predictions), "patient", asked, known, SETTINGS
    )["covariates"]
    tests = [covariates[name]["heterogeneity"]["accuracy"] for name in "xy"]
    assert min(test["p_holm"] for test in tests) == pytest.approx(
        min(1, 2 * min(test["p"] for test in tests))
    )


def test_where_values_come_from():
    predictions = cohorts.cohort(4, fold="2")
    bands = Column(
        name="age_band",
        values=np.array([0, 1, 2, np.nan]),
        levels=("30-39", "60-69", "90+"),
    )
    manifest = {"age_band": bands, "sex": categorical("sex", ["F", "M", "F", "M"])}
    file = CovariateFile(
        path="x.csv",
        key="patient_id",
        ids=predictions.patient_id,
        columns={"sex": categorical("sex", ["M"] * 4)},
    )
    known = Sources(sample_ids=predictions.sample_id, manifest=manifest, file=file)
    fold, sex, age = parse(["fold", "sex", "age:40,90"])
    known.check((fold, sex, age))
    assert known.column(fold, predictions).levels == ("2",)
    assert known.column(sex, predictions).levels == ("M",)  # the table comes first
    ages = known.column(age, predictions).values
    np.testing.assert_array_equal(ages, [30, 60, 90, np.nan])
    with pytest.raises(UsageError, match="at whole decades up to 90"):
        known.check(parse(["age:45"]))
    with pytest.raises(UsageError, match="name the data set by --data"):
        Sources(manifest={}).check(parse(["vendor"]))
    other = Sources(sample_ids=("s",), manifest={"sex": categorical("sex", ["F"])})
    with pytest.raises(DataError, match="4 of 4 samples.*not in the manifest"):
        other.column(sex, predictions)


def test_what_is_written(tmp_path):
    predictions = cohorts.cohort(60)
    splits = levels_by_split(predictions)
    judged = evidence.evaluate(splits, Description(), SETTINGS)
    known = sources(predictions, vendor=["ge", "ge", "siemens", "siemens"])
    wanted = write.Request(asked=parse(["vendor"]), sources=known, settings=SETTINGS)
    text = write.write(judged, {"": splits}, wanted, tmp_path)
    lines = text.split("\n")
    assert lines[0].split()[:4] == ["test,", "by", "vendor", "patients"]
    assert [line.split()[0] for line in lines[1:4]] == ["all", "ge", "siemens"]
    assert lines[4].startswith("p, heterogeneity")
    saved = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert saved["subgroups"] == judged["subgroups"]
    assert saved["figures"]["subgroups.png"] == ""
    assert (tmp_path / "figures" / "subgroups.png").is_file()
    with open(tmp_path / write.FILE, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    area = next(r for r in rows if r["group"] == "ge" and r["figure"] == "auc")
    groups = saved["subgroups"]["covariates"]["vendor"]["groups"]
    assert float(area["value"]) == pytest.approx(groups["ge"]["auc"]["value"])
    tests = saved["subgroups"]["covariates"]["vendor"]["heterogeneity"]
    assert float(area["p"]) == pytest.approx(tests["auc"]["p"])
    assert {row["group"] for row in rows} == {"all", "ge", "siemens"}
