import dataclasses
import json
import shutil

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.cohorts import cohort, make_run, three_splits
from tests.zoo.evaluation.comparison.models import other_model
from tests.zoo.test_evaluate import all_folds
from zoo.evaluation.comparison.report.places import place
from zoo.evaluation.comparison.report.sources import opened
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import of_split


def read(*texts, **options):
    return opened([place(str(text)) for text in texts], **options)


def test_a_run_gives_its_test_split(tmp_path):
    everything = three_splits()
    made = make_run(tmp_path / "run", everything)
    (found,) = read(made.path)
    assert (found.name, found.what) == ("run", "run, test")
    wanted = of_split(everything, "test")
    assert found.predictions.sample_id == wanted.sample_id
    assert np.allclose(found.predictions.probabilities, wanted.probabilities)
    assert found.training == {"": 40}


def test_another_split_by_name(tmp_path):
    made = make_run(tmp_path / "run", three_splits())
    (found,) = read(made.path, split="validation")
    assert set(found.predictions.split) == {"validation"}


def test_a_split_without_samples_is_named(tmp_path):
    made = make_run(tmp_path / "run", cohort(10, split="validation"))
    with pytest.raises(DataError, match="no sample of the split test. It has valid"):
        read(made.path)


def test_all_folds_are_pooled(tmp_path):
    (found,) = read(all_folds(tmp_path / "all"))
    assert len(found.predictions) == 30
    assert set(found.predictions.fold) == {"0", "1", "2"}
    assert found.what == "cross-validation, test, parts of the folds (3)"


def test_unfinished_folds_are_an_error(tmp_path):
    with pytest.raises(DataError, match="2 of 3 folds"):
        read(all_folds(tmp_path / "all", finished=1))


def test_the_holdout_set_is_the_networks_mean(tmp_path):
    folder = all_folds(tmp_path / "all", holdout=True)
    (found,) = read(f"{folder}:holdout")
    assert len(found.predictions) == 12
    parts = [
        of_split(
            predictions_file.read(folder / f"fold-{i}" / "predictions.csv"), "test"
        )
        for i in range(3)
    ]
    mean = np.mean([part.probabilities for part in parts], axis=0)
    assert np.allclose(found.predictions.probabilities, mean)
    (validation,) = read(folder)
    assert set(validation.predictions.split) == {"validation"}


def test_folds_have_one_answer_for_the_judged_split_alone(tmp_path):
    with pytest.raises(UsageError, match="Received: --split train"):
        read(all_folds(tmp_path / "all"), split="train")


def test_without_patients_set_aside_there_is_no_holdout(tmp_path):
    with pytest.raises(UsageError, match="no patients were set aside"):
        read(f"{all_folds(tmp_path / 'all')}:holdout")


def test_the_baseline_of_a_run_and_of_all_folds(tmp_path):
    made = make_run(tmp_path / "run", cohort(20))
    with pytest.raises(UsageError, match="has no covariate baseline"):
        read(f"{made.path}:baseline")
    beside = other_model(cohort(20), 1)
    predictions_file.write(made.baseline_of(""), beside)
    network, baseline = read(made.path, f"{made.path}:baseline")
    assert [network.name, baseline.name] == ["run", "run:baseline"]
    assert np.allclose(baseline.predictions.probabilities, beside.probabilities)

    folder = all_folds(tmp_path / "all")
    for fold in folder.glob("fold-*"):
        shutil.copy(fold / "predictions.csv", fold / "baseline.csv")
    (found,) = read(f"{folder}:baseline")
    assert len(found.predictions) == 30


def test_a_directory_with_predictions_will_do(tmp_path):
    folder = tmp_path / "ensemble"
    folder.mkdir()
    with pytest.raises(DataError, match="ensemble has no predictions.csv"):
        read(folder)
    predictions_file.write(folder / "predictions.csv", cohort(20))
    by_folder, by_file = read(folder)[0], read(folder / "predictions.csv")[0]
    assert by_folder.name == by_file.name == "ensemble"
    assert by_folder.predictions.sample_id == by_file.predictions.sample_id


def test_a_file_is_read_with_the_task_of_the_run_beside_it(tmp_path):
    """Its classes come in another order in the header."""
    predictions = cohort(20)
    made = make_run(tmp_path / "run", predictions)
    turned = dataclasses.replace(
        predictions,
        names=predictions.names[::-1],
        truth=1 - predictions.truth,
        outputs={word: array[:, ::-1] for word, array in predictions.outputs.items()},
    )
    predictions_file.write(tmp_path / "mine.csv", turned)
    found, run = read(tmp_path / "mine.csv", made.path)
    assert found.predictions.names == run.predictions.names == ("well", "ill")
    assert found.name == "mine"
    assert np.array_equal(found.predictions.truth, run.predictions.truth)


def test_names_are_as_short_as_they_can_be(tmp_path):
    paths = [make_run(tmp_path / a / "run", cohort(10)).path for a in "xy"]
    assert [found.name for found in read(*paths)] == ["x/run", "y/run"]


def test_a_source_is_named_once(tmp_path):
    made = make_run(tmp_path / "run", cohort(10))
    with pytest.raises(UsageError, match="a source is named twice"):
        read(made.path, made.path / "predictions.csv")


@pytest.mark.parametrize(
    ("end", "message"),
    [("nosuch", "nosuch does not exist"), ("mine.csv:baseline", "is none")],
)
def test_what_is_not_there(end, message, tmp_path):
    predictions_file.write(tmp_path / "mine.csv", cohort(10))
    with pytest.raises(UsageError, match=message):
        place(str(tmp_path / end))


def test_further_targets_by_name(tmp_path):
    made = make_run(tmp_path / "run", cohort(10))
    with pytest.raises(UsageError, match="no further target grade. It has none"):
        read(made.path, target="grade")
    predictions_file.write(tmp_path / "mine.csv", cohort(10))
    with pytest.raises(UsageError, match="Received: files alone"):
        read(tmp_path / "mine.csv", target="grade")


def test_a_leak_is_an_error(tmp_path):
    leaking = dataclasses.replace(
        cohort(10), patient_id=("p",) * 10, split=("train",) * 5 + ("test",) * 5
    )
    predictions_file.write(tmp_path / "mine.csv", leaking)
    with pytest.raises(DataError, match="mine.csv: patient p stands in two splits"):
        read(tmp_path / "mine.csv")


def test_who_was_seen_before_is_said(tmp_path):
    made = make_run(tmp_path / "run", cohort(10))
    path = made.path / "environment.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["seen_patients"] = {"test": 3}
    path.write_text(json.dumps(facts), encoding="utf-8")
    assert read(made.path)[0].seen == 3
