from pipelines.batches import reading
from pipelines.batches.selection import shards_of
from tests.pipelines.records.small import SHAPE, data_set, task

VOLUME_BYTES = 2 * SHAPE[0] * SHAPE[1] * SHAPE[2]


def test_what_was_asked_for_before_has_taken_its_part(tmp_path):
    data = data_set(tmp_path, task(), {("train", ""): 4, ("unlabelled", ""): 3})
    train, apart = (shards_of(data, role, None) for role in ("train", "unlabelled"))
    assert (reading.count(train), reading.count(apart)) == (4, 3)
    assert reading.fits(data, apart, 1, 3 * VOLUME_BYTES)
    assert not reading.fits(data, apart, 1, 6 * VOLUME_BYTES, beside=train)
    assert reading.fits(data, apart, 1, 7 * VOLUME_BYTES, beside=train)
    # Those did not fit, so they have taken nothing.
    assert reading.fits(data, apart, 1, 3 * VOLUME_BYTES, beside=train)
