import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches import samples, selection
from pipelines.errors import DataError, StudyError, UsageError
from tests.pipelines.records import small
from tests.zoo.prediction import networks
from zoo.prediction import predictor
from zoo.prediction.record_outputs import record_outputs
from zoo.recipes.recipe import Recipe


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def loaded(run):
    return predictor.load(run.path)


@pytest.fixture(scope="module")
def clinical(tmp_path_factory):
    return predictor.load(
        networks.run(
            tmp_path_factory.mktemp("run") / "run",
            task=networks.CLINICAL,
            recipe=networks.SEES_COVARIATES,
            standards=networks.STANDARDS,
        ).path
    )


@pytest.fixture(scope="module")
def optional(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run"
    return predictor.load(networks.run(path, task=networks.OPTIONAL).path)


@pytest.fixture(scope="module")
def folds(tmp_path_factory):
    return networks.folds(tmp_path_factory.mktemp("folds") / "all")


def by_hand(run, record):
    """Step by step, outside any batch."""
    prepare = samples.normalised(
        run.task,
        selection.channel_indices(run.task, run.channels),
        run.recipe.normalisation,
        run.standards.encoding,
        require_target=False,
    )
    model = keras.models.load_model(run.model_path, compile=False)

    @tf.function(jit_compile=False)
    def outputs(record):
        sample = prepare(record)
        return model(sample["volume"][tf.newaxis], training=False)

    return outputs(tf.constant(record))["probabilities"][0].numpy()


def test_a_volume_predicts_as_its_record_does_bit_for_bit(loaded, run):
    volumes = [networks.voxels(seed) for seed in range(3)]
    records = [networks.record(volume) for volume in volumes]
    together = loaded.predict_records(records)["probabilities"]
    assert together.shape == (3, 2)
    assert together.dtype == np.float32
    assert np.ptp(together[:, 0]) > 0.01  # or equality would prove nothing
    for volume, record, expected in zip(volumes, records, together):
        np.testing.assert_array_equal(by_hand(run, record), expected)
        alone = loaded.predict(volume, fill=0)
        assert list(alone) == ["probabilities"]
        np.testing.assert_array_equal(alone["probabilities"], expected)


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.int64, np.float64])
def test_whole_numbers_of_any_type_are_one_volume(loaded, kind):
    volume = np.rint(networks.voxels())
    expected = loaded.predict(volume.astype(np.float32), fill=0)["probabilities"]
    found = loaded.predict(volume.astype(kind), fill=0)["probabilities"]
    np.testing.assert_array_equal(found, expected)


def test_fill_says_what_is_foreground(loaded):
    volume = networks.voxels() - 7
    record = networks.record(volume, fill=(-7.0, -7.0))
    expected = loaded.predict_records([record])["probabilities"][0]
    for fill in (-7, (-7.0, -7.0)):
        found = loaded.predict(volume, fill=fill)["probabilities"]
        np.testing.assert_array_equal(found, expected)
    assert (loaded.predict(volume, fill=0)["probabilities"] != expected).any()


def test_the_volume_that_was_given_stays_as_it_was(optional):
    volume = networks.voxels()
    optional.predict(volume, fill=0, present=(1, 0))
    np.testing.assert_array_equal(volume, networks.voxels())


def test_a_sequence_that_a_study_lacks(optional):
    volume = networks.voxels()
    volume[..., 1] = 0
    record = networks.record(volume, networks.OPTIONAL, present=(1, 0))
    expected = optional.predict_records([record])["probabilities"][0]
    volume[..., 1] = 5  # is not looked at
    found = optional.predict(volume, fill=0, present=(1, 0))["probabilities"]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("present", [None, (1,), (0, 1), (1, 2)])
def test_present_says_it_of_every_channel(optional, present):
    with pytest.raises(UsageError, match="1 or 0 of each of T1, T2; 0 only of T2"):
        optional.predict(networks.voxels(), fill=0, present=present)


def test_what_is_no_channel_is_not_asked_for(tmp_path):
    recipe = Recipe(arch="cnn3d")
    run = networks.run(tmp_path / "run", task=networks.FITTED, recipe=recipe)
    fitted = predictor.load(run.path)
    volume = networks.voxels()
    volume[..., 1] = 0
    record = networks.record(volume, networks.FITTED, present=(1, 0))
    expected = fitted.predict_records([record])["probabilities"][0]
    found = fitted.predict(volume, fill=0, present=(1, 0))["probabilities"]
    np.testing.assert_array_equal(found, expected)
    for present in (None, (1,), (0, 1), (1, 1, 1, 1)):
        with pytest.raises(UsageError, match="each of T1, ADC; 0 only of ADC"):
            fitted.predict(volume, fill=0, present=present)


def test_present_where_no_study_lacks_a_sequence(loaded):
    with pytest.raises(UsageError, match="no sequence that a study may lack. Leave"):
        loaded.predict(networks.voxels(), fill=0, present=(1, 1))


@pytest.mark.parametrize(
    ("covariates", "numbers"),
    [
        ({"age": 61, "sex": "M"}, (math.nan, 61.0, 1.0)),
        ({"sex": None, "age": np.float32(38.5)}, (math.nan, 38.5, math.nan)),
        ({"sex": "F", "age": math.nan}, (math.nan, math.nan, 0.0)),
    ],
)
def test_covariates_by_name(clinical, covariates, numbers):
    volume = networks.voxels()
    record = networks.record(volume, networks.CLINICAL, covariates=numbers)
    expected = clinical.predict_records([record])["probabilities"][0]
    found = clinical.predict(volume, fill=0, covariates=covariates)["probabilities"]
    np.testing.assert_array_equal(found, expected)


def test_covariates_exactly_where_the_network_sees_some(clinical, loaded):
    volume = networks.voxels()
    with pytest.raises(UsageError, match="sees sex, age. Give them as covariates"):
        clinical.predict(volume, fill=0)
    with pytest.raises(UsageError, match="sees no covariates. Leave covariates out"):
        loaded.predict(volume, fill=0, covariates={"age": 61})
    with pytest.raises(UsageError, match="the covariates wanted are sex, age"):
        clinical.predict(volume, fill=0, covariates={"age": 61})
    with pytest.raises(StudyError, match="no level of the covariate sex"):
        clinical.predict(volume, fill=0, covariates={"age": 61, "sex": "X"})


@pytest.mark.parametrize(
    "volume", [np.zeros((8, 8, 8)), np.zeros((8, 8, 9, 2)), np.full((8, 8, 8, 2), "a")]
)
def test_a_volume_of_another_task(loaded, volume):
    message = r"numbers \[D, H, W, C\] = \(8, 8, 8, 2\), with the channels T1, T2"
    with pytest.raises(UsageError, match=message):
        loaded.predict(volume, fill=0)


@pytest.mark.parametrize("fill", [(0, 0, 0), math.nan])
def test_a_fill_that_is_none(loaded, fill):
    with pytest.raises(UsageError, match="fill is a finite number, or one for each"):
        loaded.predict(networks.voxels(), fill=fill)


def test_voxels_that_are_not_finite(loaded):
    with pytest.raises(ValueError, match="must be finite to be stored"):
        loaded.predict(np.full((*networks.SHAPE, 2), np.nan), fill=0)


def test_records_of_another_task(loaded):
    task = small.task(channels=("T1", "FLAIR"), shape=networks.SHAPE)
    record = networks.record(networks.voxels(), task)
    with pytest.raises(DataError, match="not a record of the run's task"):
        loaded.predict_records([record])


def test_no_record(loaded):
    with pytest.raises(UsageError, match="wants a record or more"):
        loaded.predict_records([])


def test_folds_predict_by_their_mean(folds):
    record = networks.record(networks.voxels())
    ensemble = predictor.load(folds)
    assert ensemble.folds == ("0", "1", "2")
    each = [
        predictor.load(folds / f"fold-{fold}").predict_records([record])
        for fold in ensemble.folds
    ]
    shares = np.stack([outputs["probabilities"][0] for outputs in each])
    assert np.ptp(shares[:, 0]) > 0.01
    found = ensemble.predict_records([record])["probabilities"][0]
    np.testing.assert_array_equal(found, np.mean(shares, axis=0))
    by_fold = ensemble.predict_each(record)
    for fold, expected in zip(ensemble.folds, shares):
        np.testing.assert_array_equal(by_fold[fold]["probabilities"], expected)


def test_a_fold_that_gives_no_number_is_named(tmp_path):
    folds = networks.folds(tmp_path / "all", 2)
    model = keras.models.load_model(folds / "fold-1" / "model.keras")
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    model.save(folds / "fold-1" / "model.keras")
    record = networks.record(networks.voxels())
    with pytest.raises(DataError, match="of fold 1 of .* no finite probabilities"):
        predictor.load(folds).predict_records([record])


def test_a_fold_that_is_not_trained(tmp_path):
    folds = networks.folds(tmp_path / "all", 2)
    (folds / "fold-1" / "metrics.json").unlink()
    with pytest.raises(DataError, match="1 of 2 folds .* not trained to their end: 1"):
        predictor.load(folds)


def test_a_fold_of_other_data(tmp_path):
    folds = networks.folds(tmp_path / "all", 1, digest="other")
    with pytest.raises(DataError, match="was trained on another data set"):
        predictor.load(folds)


def test_the_function_of_records_is_one_graph_for_any_number(loaded, run):
    records = [networks.record(networks.voxels(seed)) for seed in range(3)]
    model = keras.models.load_model(run.model_path, compile=False)
    of_records = tf.function(
        record_outputs(run, model),
        input_signature=[tf.TensorSpec([None], tf.string)],
        jit_compile=False,
    )
    outputs = of_records(tf.constant(records))
    assert {*outputs} == {"features", "logits", "probabilities"}
    assert outputs["features"].shape == (3, 128)
    expected = loaded.predict_records(records)["probabilities"]
    np.testing.assert_allclose(outputs["probabilities"], expected, atol=1e-6)
    graph = of_records.get_concrete_function().graph.as_graph_def()
    nodes = {n.op for f in graph.library.function for n in f.node_def}
    assert not nodes & {"PyFunc", "EagerPyFunc", "PyFuncStateless"}
