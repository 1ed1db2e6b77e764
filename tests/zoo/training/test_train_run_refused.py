import dataclasses

import numpy as np
import pytest

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity.settings import Intensity
from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from tests.zoo.training.trained import RECIPE, SPLITS, begin, data_set
from zoo.recipes.optimisation import Optimisation
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
    with pytest.raises(UsageError, match="3 steps of 4 samples, 12 in all"):
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
        ({"arch": "resnet3d18"}, UsageError, "resnet3d18 wants at least 8 voxels"),
        ({"weights": "imagenet"}, UsageError, "no ImageNet weights for cnn3d"),
        (
            {"arch": "inception", "weights": "imagenet"},
            DataError,
            "can't be fetched.*Put one of these into",
        ),
        (
            {"arch": "inception", "weights": "imagenet", "normalisation": "none"},
            UsageError,
            "ImageNet weights want intensities of a known range",
        ),
        (
            {"arch": "inception", "slices": Slices(train=5)},
            UsageError,
            "slices.train wants 5 different slices",
        ),
        (
            {"arch": "inception", "slices": Slices(evaluate=5)},
            UsageError,
            "slices.evaluate wants 5 different slices",
        ),
        (
            {"arch": "inception", "slices": Slices(adjacent=99)},
            UsageError,
            "slices.adjacent wants 99 slices beside each other, and a volume has 4",
        ),
        (
            {"augmentation": Augmentation(intensity=Intensity(hue_chance=0.5))},
            UsageError,
            "hue, saturation and value are of three sequences.*Received: 2",
        ),
        (
            {"optimisation": Optimisation(batch_size=10)},
            UsageError,
            "a batch wants 10 samples, and the train split has 9. Choose a --batch",
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


def test_more_devices_than_there_are_make_no_run(data, tmp_path):
    with pytest.raises(UsageError, match="--devices is between 1 and .*Received: 99"):
        begin(tmp_path / "run", data, devices=99)
    assert not (tmp_path / "run").exists()


def test_weights_of_another_network_make_no_run(data, tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, **{"conv1/kernel": np.zeros((3, 3, 3, 2, 2))})
    recipe = dataclasses.replace(RECIPE, weights="file")
    with pytest.raises(DataError, match="other.npz"):
        begin(tmp_path / "run", data, recipe=recipe, weights_from=other)
    assert not (tmp_path / "run").exists()


def test_a_network_that_cannot_be_built_makes_no_run(data, tmp_path):
    arch = "tests.zoo.training.test_train_run_refused:unbuildable"
    recipe = dataclasses.replace(RECIPE, arch=arch)
    with pytest.raises(UsageError, match="failed to build.*no such layer"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()


def unbuildable(input_shape, rank=3, seed=0):
    raise ValueError("no such layer")


def test_a_place_that_cannot_be_written_makes_no_run(data, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(
        UsageError, match="--out .*file is no directory. Choose another"
    ):
        begin(tmp_path / "file" / "run", data)


@pytest.mark.parametrize(
    ("batch_size", "said"),
    [(4, "leaves out 1 of 9"), (3, ""), (5, "leaves out 4 of 9 training samples")],
)
def test_a_run_says_what_its_epochs_leave_out(batch_size, said, data, tmp_path, capsys):
    optimisation = dataclasses.replace(RECIPE.optimisation, batch_size=batch_size)
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    begin(tmp_path / "run", data, recipe=recipe)
    shown = capsys.readouterr().err
    assert said in shown if said else "leaves out" not in shown


def test_weights_that_the_recipe_does_not_take_make_no_run(data, tmp_path):
    with pytest.raises(UsageError, match="takes no weights.*weights_from='a.h5'"):
        begin(tmp_path / "run", data, weights_from="a.h5")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("kind", ["file", "run"])
def test_weights_that_come_from_nowhere_make_no_run(kind, data, tmp_path):
    recipe = dataclasses.replace(RECIPE, weights=kind)
    with pytest.raises(UsageError, match=f"its weights from a {kind}, which no recipe"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()
