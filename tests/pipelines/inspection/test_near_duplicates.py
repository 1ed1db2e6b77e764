import numpy as np
import pytest
import scipy.ndimage

from pipelines.inspection.near_duplicates import (
    near_duplicates,
    similar_pairs,
    thumbnail,
)
from pipelines.records.manifest import Row
from pipelines.records.volume_hash import NEAR_BITS


def _row(number, bits, patient=None, exact=None):
    return Row(
        sample_id=f"s{number}",
        study_id=f"t{number}",
        patient_id=patient or f"p{number}",
        split="train",
        shard="x",
        position=number,
        checksum="",
        volume_hash=f"{exact or number:016x}-{bits:016x}",
        clipped=(),
    )


_NEAR = (1 << NEAR_BITS) - 1
_FAR = (1 << (NEAR_BITS + 1)) - 1


def test_few_bits_apart_is_alike():
    rows = (_row(1, 0), _row(2, _NEAR), _row(3, 1 << 63 | _FAR << 20))
    assert near_duplicates(rows) == (("s1", "s2"),)


def test_one_bit_more_is_not():
    assert near_duplicates((_row(1, 0), _row(2, _FAR))) == ()


def test_one_patient_and_equal_voxels_are_left_out():
    assert near_duplicates((_row(1, 0, "p"), _row(2, 1, "p"))) == ()
    assert near_duplicates((_row(1, 0, exact=7), _row(2, 0, exact=7))) == ()


def test_no_rows_are_no_pairs():
    assert near_duplicates(()) == ()


def _anatomy(seed, shape=(16, 32, 32)):
    """Structures of its own in a body that all have alike; int16 `[D, H, W, 1]`."""
    draw = np.random.default_rng(seed)
    grid = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    body = sum(axis**2 for axis in grid) < 0.8
    rough = scipy.ndimage.gaussian_filter(draw.normal(size=shape), 2)
    values = np.where(body, 500 + 200 * rough / rough.std(), 0)
    return values.round().astype(np.int16)[..., None]


def _pairs(*volumes):
    return similar_pairs(np.stack([thumbnail(v, (0,))[0] for v in volumes]))


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v[:, :, ::-1],
        lambda v: v[:, ::-1],
        lambda v: v[::-1],
        lambda v: np.roll(v, 1, 0),
        lambda v: v // 3,
        lambda v: np.roll(v[:, :, ::-1], 1, 0),
    ],
    ids=["left", "front", "slices", "shifted", "rescaled", "mirrored and shifted"],
)
def test_changed_copies_are_alike(change):
    originals = [_anatomy(seed) for seed in range(7)]
    assert _pairs(*originals) == []
    assert _pairs(*originals, change(originals[2]).copy()) == [(2, 7)]


def test_an_empty_channel_is_like_nothing():
    empty = np.zeros((16, 32, 32, 1), np.int16)
    assert _pairs(empty, empty, _anatomy(0)) == []


def test_one_channel_is_enough():
    t2, one, other = (_anatomy(seed) for seed in range(3))
    volumes = [np.concatenate([t2, adc], -1) for adc in (one, other)]
    thumbnails = np.stack([thumbnail(v, (0, 0)) for v in volumes])
    rows = (_row(1, 0), _row(2, 1 << 63 | _FAR << 20))
    assert near_duplicates(rows) == ()
    assert near_duplicates(rows, thumbnails) == (("s1", "s2"),)
    assert near_duplicates((_row(1, 0, "p"), _row(2, 0, "p")), thumbnails) == ()
