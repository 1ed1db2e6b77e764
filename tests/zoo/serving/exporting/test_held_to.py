import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError
from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.exporting import kinds
from zoo.prediction import predictor
from zoo.serving.exporting import export_request, held_to


def of(path, tmp_path, **changes):
    request = export_request.checked(path, name="a", to=tmp_path / "root", **changes)
    return held_to.of(request)


def test_made_up_records_and_what_the_run_answers(tmp_path):
    run = networks.run(tmp_path / "run")
    expected = of(run.path, tmp_path)
    records = expected.examples.records
    answers = predictor.load(run.path).answer_records(records)
    assert {*expected.answers} == {*answers, "features"}
    for name, values in answers.items():
        np.testing.assert_array_equal(expected.answers[name], values)
    features = expected.answers["features"]
    assert features.shape == (len(records), 128)
    assert np.ptp(features, axis=0).max() > 0


def test_records_of_the_data_set(tmp_path):
    task = small.task(channels=("T1", "T2"), shape=networks.SHAPE)
    data = small.data_set(tmp_path, task)
    run = networks.run(tmp_path / "run", digest=data.digest)
    expected = of(run.path, tmp_path, data=str(data.path))
    assert expected.examples.source == "records of the data set"
    assert len(expected.answers["label"]) == 8


def test_of_folds_there_are_no_features(tmp_path):
    expected = of(networks.folds(tmp_path / "all", 2), tmp_path)
    assert {*expected.answers} == {"probabilities", "label", "class_names"}


def test_volumes_are_the_records_decoded(tmp_path):
    run = networks.run(tmp_path / "run", **kinds.SETTINGS["covariates"])
    expected = of(run.path, tmp_path)
    assert {*expected.volumes} == {"volume", "fill", "covariates"}
    assert expected.volumes["covariates"].shape == (4, 2)
    assert not np.isnan(expected.volumes["covariates"][:-1]).any()


def test_a_difference_is_to_its_answers(tmp_path):
    expected = of(networks.run(tmp_path / "run").path, tmp_path)
    answers = {**expected.answers}
    answers["probabilities"] = answers["probabilities"] + np.float32(0.125)
    assert expected.difference(answers, "x").largest["probabilities"] == 0.125
    answers["label"] = np.array(["maybe"] * 4)
    with pytest.raises(DataError, match="in x the model gives other labels"):
        expected.difference(answers, "x")


def test_records_of_an_optional_sequence_are_decoded_with_present(tmp_path):
    run = networks.run(tmp_path / "run", **kinds.SETTINGS["optional"])
    present = of(run.path, tmp_path).volumes["present"]
    assert present.tolist() == [[1, 1]] * 3 + [[1, 0]]
    assert tf.as_dtype(present.dtype) == tf.int64
