import dataclasses

import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from tests.zoo.training.trained import RECIPE, SPLITS, begin, data_set
from zoo.recipes.transfer import Transfer
from zoo.weights.published import download

MOMENTUM = Transfer(batch_normalisation_momentum=0.9)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


def test_an_existing_directory_is_an_error(data, tmp_path):
    with pytest.raises(UsageError, match="exists"):
        begin(tmp_path, data)


def test_an_empty_validation_split_makes_no_run(tmp_path):
    counts = {("train", ""): 6, ("test", ""): 4}
    data = data_set(tmp_path / "records", counts=counts)
    with pytest.raises(DataError, match="validation split wants"):
        begin(tmp_path / "run", data)
    assert not (tmp_path / "run").exists()


def test_a_train_split_too_small_for_one_update_makes_no_run(data, tmp_path):
    optimisation = dataclasses.replace(RECIPE.optimisation, accumulate=3)
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    with pytest.raises(DataError, match="3 steps of 4 samples, 12 in all"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()


def test_an_unknown_sequence_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, sequences=("FLAIR",))
    with pytest.raises(UsageError, match="channels T1, T2.*Received: FLAIR"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_an_unknown_network_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, arch="nonsense")
    with pytest.raises(UsageError, match="no architecture named 'nonsense'"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_a_slice_policy_for_whole_volumes_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, slices=Slices(train=3))
    with pytest.raises(UsageError, match="cnn3d sees whole volumes"):
        begin(tmp_path / "run", data, recipe=recipe)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"arch": "resnet3d18"}, DataError, "resnet3d18 wants at least 8 voxels"),
        ({"weights": "imagenet"}, UsageError, "no ImageNet weights for cnn3d"),
        (
            {"arch": "inception", "weights": "imagenet"},
            DataError,
            "can't be fetched.*Put one of these into",
        ),
        (
            {"arch": "inception", "weights": "imagenet", "normalisation": "none"},
            DataError,
            "ImageNet weights want intensities of a known range",
        ),
        (
            {"arch": "inception", "slices": Slices(train=5)},
            DataError,
            "slices.train wants 5 different slices",
        ),
        (
            {"arch": "inception", "transfer": Transfer(frozen=("mixed_9z",))},
            UsageError,
            "inception has no layer 'mixed_9z' to freeze",
        ),
        (
            {"arch": "convnext_tiny", "transfer": MOMENTUM},
            UsageError,
            "convnext_tiny has no batch normalisation",
        ),
    ],
)
def test_what_cannot_be_built_makes_no_run(
    changes, error, message, tmp_path, monkeypatch
):
    def offline(url, part):
        raise DataError(f"{url} can't be fetched")

    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(download, "fetch", offline)
    (tmp_path / "records").mkdir()
    depth = 8 if "arch" not in changes else 4
    task = small.task(shape=(depth, 32, 32))
    data = small.data_set(tmp_path / "records", task, SPLITS)
    with pytest.raises(error, match=message):
        begin(tmp_path / "run", data, recipe=dataclasses.replace(RECIPE, **changes))
    assert not (tmp_path / "run").exists()


def test_a_fold_of_a_data_set_without_folds_is_an_error(data, tmp_path):
    with pytest.raises(UsageError, match="has no folds"):
        begin(tmp_path / "run", data, fold="0")
