"""Runs that the last version of format 1 made: gone on with, judged, predicted with.

What they gave there stands beside them, so the figures must be the same today.
"""

import dataclasses
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import zoo
from pipelines import command
from pipelines.errors import DataError, UsageError
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.pseudonyms import is_pseudonym, with_letter, without_letter
from pipelines.records import shards
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from tests.fixtures.format_1 import cohort
from zoo import evaluate, predict, train
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.predictions import of_split
from zoo.runs import cross_validation, features
from zoo.runs.run import Run
from zoo.training import new_run, train_run
from zoo.weights import origin_patients, origin_run

DATA = cohort.FOLDER / "datasets"
RUNS = cohort.FOLDER / "runs"
SAME, TRAINED = 1e-5, 1e-4  # between two machines; where epochs were trained anew


@pytest.fixture(autouse=True)
def network(monkeypatch):
    """The module that the runs' recipe names."""
    monkeypatch.syspath_prepend(cohort.FOLDER)


@pytest.fixture
def copy(tmp_path):
    """Copies a run, so that it may be written into."""
    return lambda name: shutil.copytree(RUNS / name, tmp_path / name)


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """The cohort of datasets/fractions, ingested by this version."""
    folder = tmp_path_factory.mktemp("again")
    key = cohort.private(folder / "private")
    source = cohort.write(folder / "source")
    out = folder / "data"
    ingest(cohort.request(source, key, out, cohort.task("fractions")))
    return open_dataset(out)


def predictions(run):
    return predictions_file.read(run / "predictions.csv")


def assert_same(one, other, tolerance=TRAINED):
    """The same predictions for the same samples, in the same order."""
    for name in ("sample_id", "patient_id", "split", "fold", "names"):
        assert getattr(one, name) == getattr(other, name)
    np.testing.assert_array_equal(one.truth, other.truth)
    for word, values in one.outputs.items():
        np.testing.assert_allclose(values, other.outputs[word], atol=tolerance)


# How intervals are made changes with the version, what they are of does not.
HOW = {"intervals", "resampling", "bootstrap", "design", "pooled", "mean_auc", "shift"}


def figures(path):
    """The numbers of metrics.json but the intervals, and today's names of sites."""
    content = json.loads(
        re.sub(r'"([0-9a-f]{16})"', r'"p\1"', path.read_text(encoding="utf-8"))
    )
    return dict(_numbers(content))


def _numbers(value, path=()):
    if isinstance(value, dict):
        for key in value.keys() - HOW:
            yield from _numbers(value[key], (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _numbers(inner, (*path, place))
    else:
        yield path, value


def assert_same_figures(path, expected, tolerance=SAME):
    wanted, found = figures(expected), figures(path)
    there = {name: found[name] for name in wanted}  # there are more of them today
    assert there == pytest.approx(wanted, abs=tolerance)


def enough(recipe):
    """With as many resamples as new runs want."""
    evaluation = dataclasses.replace(recipe.evaluation, bootstrap=200)
    return dataclasses.replace(recipe, evaluation=evaluation)


def run_command(main, *argv):
    assert command.run(main, [*map(str, argv)]) == 0


def test_ids_in_the_files_of_a_run_are_written_as_today():
    rows = read_manifest(open_dataset(DATA / "fractions"))
    samples, patients = (
        {getattr(r, f"{k}_id") for r in rows} for k in ("sample", "patient")
    )
    run = Run.open(RUNS / "finished")
    for path in (run.predictions_path, run.baseline_of("")):
        read = predictions_file.read(path)
        assert {*read.sample_id} == samples
        assert {*read.patient_id} == patients
        assert without_letter(read.sample_id[0]) + "," in path.read_text(
            encoding="utf-8"
        )
    assert {*features.read(run.features_path).sample_id} == samples


def test_a_run_that_left_a_site_out_says_it_as_today():
    run = Run.open(RUNS / "from_finished")
    assert is_pseudonym(run.fold)
    assert run.fold in {row.site for row in read_manifest(open_dataset(DATA / "site"))}
    assert {*predictions(run.path).fold} == {run.fold}
    stated = json.loads((run.path / "environment.json").read_text(encoding="utf-8"))
    assert stated["fold"] == without_letter(run.fold)
    assert stated["origin_patients"] == [*map(without_letter, run.origin_patients)]
    assert all(map(is_pseudonym, run.origin_patients))


def test_a_finished_run_is_judged_as_before(copy):
    run = copy("finished")
    run_command(evaluate.main, run)
    assert_same_figures(run / "metrics.json", RUNS / "finished" / "metrics.json")
    assert (run / "figures" / "roc.png").is_file()


def test_features_are_computed_as_before(copy, tmp_path):
    argv = ("--data", DATA / "fractions", "--out", tmp_path / "judged")
    run_command(evaluate.main, copy("finished"), *argv)
    made = features.read(tmp_path / "judged" / "features.npz")
    kept = features.read(RUNS / "finished" / "features.npz")
    assert (made.sample_id, made.split) == (kept.sample_id, kept.split)
    np.testing.assert_allclose(made.features, kept.features, atol=SAME)


@pytest.mark.parametrize("name", ["finished", "interrupted"])
def test_a_run_goes_on_with_the_data_set_of_before(name, copy):
    run = copy(name)
    argv = ("--out", run, "--resume", "--data", DATA / "fractions")
    run_command(train.main, *argv)
    tolerance = SAME if name == "finished" else TRAINED
    before = RUNS / "finished"
    assert_same(predictions(run), predictions(before), tolerance)
    metrics = "metrics.json"
    assert_same_figures(run / metrics, before / metrics, 10 * tolerance)


def test_a_run_does_not_go_on_with_the_cohort_ingested_again(copy, again):
    run = Run.resume(copy("interrupted"))
    message = "ingested again are another data set: begin anew with it, .*--weights RUN"
    with pytest.raises(DataError, match=message):
        train_run.train(run, again)
    validation = cross_validation.opened(RUNS / "folds")
    with pytest.raises(DataError, match=f"{validation.path} was begun .* {message}"):
        cross_validation.check_same_data(validation, again)


def test_the_cohort_ingested_again_gives_the_run_of_before(again, tmp_path):
    run = zoo.fit(enough(cohort.RECIPE), again, tmp_path / "run")
    before = predictions(RUNS / "finished")
    assert_same(predictions(run.path), before)
    assert_same(predictions_file.read(run.baseline_of("")), baseline("finished"))
    mean = average.mean([of_split(p, "test") for p in (predictions(run.path), before)])
    np.testing.assert_allclose(
        mean.probabilities, of_split(before, "test").probabilities, atol=TRAINED
    )


def baseline(name):
    return predictions_file.read(RUNS / name / "baseline.csv")


def test_the_run_predicts_records_of_both_formats(again):
    predictor = zoo.load(RUNS / "finished")
    known = predictions(RUNS / "finished")
    expected = dict(zip(known.sample_id, known.probabilities))
    for data in (again, open_dataset(DATA / "fractions")):
        places = {(r.shard, r.position): r.sample_id for r in read_manifest(data)}
        for shard in data.shards:
            records = shards.read(data.shard_path(shard))
            said = predictor.predict_records(records)["probabilities"]
            wanted = [expected[places[shard.name, n]] for n in range(len(said))]
            np.testing.assert_allclose(said, wanted, atol=SAME)


@pytest.mark.parametrize("name", ["finished", "folds"])
def test_a_new_study_is_predicted_as_before(name, tmp_path):
    image = cohort.write(tmp_path / "source", patients=4) / "3.nii.gz"
    out = tmp_path / "said.json"
    run_command(predict.main, RUNS / name, "--nifti", f"T1={image}", "--out", out)
    assert_same_figures(out, cohort.FOLDER / "expected" / f"{name}.json")


def test_folds_are_pooled_as_before(copy):
    folds = copy("folds")
    run_command(evaluate.main, folds)
    summary = ("summary", "metrics.json")
    assert_same_figures(folds.joinpath(*summary), RUNS.joinpath("folds", *summary))
    rows = json.loads(folds.joinpath(*summary).read_text(encoding="utf-8"))["folds"][
        "rows"
    ]
    assert all(is_pseudonym(row["fold"]) for row in rows)


def test_a_fold_that_is_missing_is_trained_where_it_belongs(copy, monkeypatch):
    folds = copy("folds")
    validation = cross_validation.opened(folds)
    kept = predictions(validation.runs[1])
    assert validation.runs[1].name == f"fold-{without_letter(validation.folds[1])}"
    shutil.rmtree(validation.runs[1])
    called = []

    def here(arguments, **_):
        called.append(arguments[arguments.index("--fold") + 1])
        return subprocess.CompletedProcess(
            arguments, command.run(train.main, arguments[3:])
        )

    monkeypatch.setattr(subprocess, "run", here)
    data = DATA / "site"
    argv = ("--folds", "all", "--out", folds, "--resume", "--data", data)
    run_command(train.main, *argv)
    assert called == [validation.folds[1]]
    assert_same(predictions(validation.runs[1]), kept)


def test_a_site_may_be_named_as_before(tmp_path):
    data = open_dataset(DATA / "site")
    site = without_letter(read_manifest(data)[0].fold)
    run = new_run.begin(
        tmp_path / "run", recipe=cohort.RECIPE, data=data, fold=site, options={}
    )
    assert run.fold == with_letter(site) == Run.resume(run.path).fold
    argv = [
        "--out",
        str(run.path),
        "--resume",
        "--data",
        str(data.path),
        "--fold",
        site,
    ]
    assert train.parse(argv).fold == site


def trainers(run):
    """Who trained a run, by its predictions."""
    known = predictions(run.path)
    return {
        one for one, split in zip(known.patient_id, known.split) if split == "train"
    }


def test_patients_of_before_are_known_again(again):
    first, second = (Run.open(RUNS / name) for name in ("finished", "from_finished"))
    trained = origin_patients.trained(first, again)
    assert trained == trainers(first) == {*second.origin_patients}
    trained = origin_patients.trained(second, again)
    assert trained == trainers(first) | trainers(second) != trainers(first)
    judges = {row.patient_id for row in read_manifest(again) if row.split != "train"}
    seen = origin_patients.seen(trained, again, None)
    assert sum(seen.values()) == len(trainers(second) & judges) > 0


def test_weights_of_before_are_refused_where_they_know_who_judges(again, tmp_path):
    recipe = cohort.FROM_RUN
    with pytest.raises(UsageError, match=f"trained the run {RUNS / 'from_finished'}"):
        zoo.fit(
            enough(recipe), again, tmp_path / "run", weights_from=RUNS / "from_finished"
        )
    assert origin_run.opened(recipe, RUNS / "finished").path == RUNS / "finished"


def test_weights_of_before_begin_a_run_on_the_same_split(again, tmp_path):
    origin = Run.open(RUNS / "finished")
    optimisation = dataclasses.replace(cohort.RECIPE.optimisation, epochs=1)
    recipe = dataclasses.replace(cohort.FROM_RUN, optimisation=optimisation)
    run = zoo.fit(enough(recipe), again, tmp_path / "run", weights_from=origin.path)
    assert run.seen_patients == {}
    assert {*run.origin_patients} == trainers(origin)
