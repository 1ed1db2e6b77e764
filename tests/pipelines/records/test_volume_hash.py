import numpy as np
import pytest
import scipy.ndimage

from pipelines.records import volume_hash as vh
from pipelines.records.quantisation import quantise
from pipelines.records.volume_hash import NEAR_BITS, bits_apart, volume_hash


def anatomy(seed, shape=(24, 40, 32), noise=0.0):
    """Blobs in a head-like ellipsoid; [D, H, W, 1]."""
    draw = np.random.default_rng(seed)
    grid = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    head = sum(axis**2 for axis in grid) < 0.9
    rough = scipy.ndimage.gaussian_filter(draw.normal(size=shape), 3)
    values = 500 + 100 * rough / rough.std() + noise * draw.normal(size=shape)
    return np.where(head, values, 0).round().astype(np.int16)[..., None]


def hashed(voxels):
    return volume_hash(quantise(voxels, (0.0,)))


def test_it_reads_as_two_halves_of_16_hex_digits():
    exact, near = hashed(anatomy(0)).split("-")
    assert len(exact) == len(near) == 16
    int(exact, 16), int(near, 16)


def test_it_is_the_same_on_every_machine():
    voxels = (np.arange(4 * 6 * 5) % 37).reshape(4, 6, 5, 1).astype(np.int16)
    assert hashed(voxels) == "28184e44bba7a938-e23f1ac035ce0000"


def test_the_exact_half_changes_with_one_voxel():
    voxels = anatomy(0)
    other = voxels.copy()
    other[12, 20, 16] += 1
    assert hashed(voxels)[:16] == hashed(voxels.copy())[:16]
    assert hashed(voxels)[:16] != hashed(other)[:16]


def test_the_exact_half_changes_with_the_shape():
    voxels = np.ones((2, 3, 4, 1), np.int16)
    assert hashed(voxels)[:16] != hashed(voxels.reshape(4, 3, 2, 1))[:16]


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_scale_stay_near(seed):
    voxels = anatomy(seed)
    rescaled = np.where(voxels > 0, voxels * 3 + 50, 0).astype(np.int16)
    assert bits_apart(hashed(voxels), hashed(rescaled)) <= NEAR_BITS
    assert bits_apart(hashed(voxels), hashed(anatomy(seed, noise=10))) <= NEAR_BITS


def test_patients_are_far_apart():
    hashes = [hashed(anatomy(seed)) for seed in range(12)]
    apart = [bits_apart(a, b) for i, a in enumerate(hashes) for b in hashes[i + 1 :]]
    assert min(apart) > 2 * NEAR_BITS


def test_every_channel_counts():
    one, two = anatomy(0), anatomy(1)
    both = volume_hash(quantise(np.concatenate([one, two], -1), (0.0, 0.0)))
    again = volume_hash(quantise(np.concatenate([one, one], -1), (0.0, 0.0)))
    assert bits_apart(both, again) > 2


def test_a_channel_has_bits_of_its_own():
    one, two = anatomy(0), anatomy(1)
    both = quantise(np.concatenate([one, two], -1), (0.0, 0.0))
    assert [vh.near_hash(both, channel) for channel in (0, 1)] == [
        hashed(one).split("-")[1],
        hashed(two).split("-")[1],
    ]


def test_the_hash_of_a_source_is_that_of_its_voxels():
    voxels = anatomy(0)[..., 0]
    assert len(vh.source_hash(voxels)) == 16
    assert vh.source_hash(voxels) == vh.source_hash(voxels.astype(np.float32))
    assert vh.source_hash(voxels) != vh.source_hash(voxels.transpose(1, 0, 2))
    assert vh.source_hash(voxels) != vh.source_hash(voxels + 1)


def test_the_hash_of_a_large_source_samples_all_of_it():
    voxels = np.zeros((64, 100, 100), np.int16)
    for place in range(0, 64, 7):
        other = voxels.copy()
        other[place] = 1
        assert vh.source_hash(other) != vh.source_hash(voxels)


def test_a_tiny_or_empty_volume_has_a_hash():
    assert hashed(np.zeros((1, 1, 1, 1), np.int16)).endswith("-" + "0" * 16)


def testblock_means_of_any_width_are_exact(monkeypatch):
    codes = np.random.default_rng(4).integers(-32768, 32768, (5, 17, 70), np.int16)
    narrow = vh.block_means(codes, -32768)
    monkeypatch.setattr(vh, "_IN_INT32", 0)
    np.testing.assert_array_equal(vh.block_means(codes, -32768), narrow)
