import numpy as np
import pytest

from pipelines.augment.augmentation import NONE, Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches.dataset import augmented_eval_batches, eval_batches
from pipelines.batches.settings import BatchSettings
from tests.pipelines.records.small import data_set, task

SETTINGS = BatchSettings(normalisation="zscore", batch_size=2)
FLIP = Augmentation(spatial=Spatial(flip=("width",), flip_chance=0.5))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data"), task())


def volumes(batches):
    each = list(batches.as_numpy_iterator())
    names = np.concatenate([batch["sample_id"] for batch in each]).tolist()
    return names, np.concatenate([batch["volume"] for batch in each])


def augmented(data, augmentation=FLIP, seed=3, number=1):
    return volumes(
        augmented_eval_batches(
            data,
            SETTINGS,
            split="train",
            augmentation=augmentation,
            seed=seed,
            number=number,
        )
    )


def test_without_changes_they_are_those_of_evaluation(data):
    names, plain = volumes(eval_batches(data, SETTINGS, split="train"))
    again, changed = augmented(data, NONE)
    assert again == names
    np.testing.assert_array_equal(changed, plain)


def test_each_volume_is_as_it_is_or_mirrored_and_the_seed_alone_decides(data):
    _, plain = volumes(eval_batches(data, SETTINGS, split="train"))
    turned = []
    for number in (0, 1, 1):
        _, changed = augmented(data, number=number)
        for own, volume in zip(changed, plain, strict=True):
            same = np.array_equal(own, volume)
            assert same != np.array_equal(own, volume[:, :, ::-1])
            turned.append(not same)
    assert 0 < sum(turned) < len(turned)
    first, second, again = np.array(turned).reshape(3, -1)
    assert (first != second).any()  # every pass draws anew
    np.testing.assert_array_equal(second, again)
