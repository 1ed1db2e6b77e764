from pipelines.batches import reading
from pipelines.batches.selection import shards_of
from tests.pipelines.records.small import SHAPE, data_set, task

VOXELS = SHAPE[0] * SHAPE[1] * SHAPE[2]
NORMALISED, CODES = 4 * VOXELS, 2 * VOXELS  # bytes of a volume of one channel


def test_memory_holds_volumes_normalised_or_as_codes_or_not_at_all(tmp_path, capsys):
    data = data_set(tmp_path, task(), {("train", ""): 4})
    shards = shards_of(data, "train", None)
    for allowed, kept in (
        (4 * NORMALISED, "normalised"),
        (4 * NORMALISED - 1, "codes"),
        (4 * CODES, "codes"),
        (4 * CODES - 1, None),
    ):
        assert reading.kept(data, shards, 1, allowed) == kept
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "caching 4 volumes, 0 MiB in memory (normalised)"
    assert told[1] == "caching 4 volumes, 0 MiB in memory (codes)"
    assert "every epoch reads them again" in told[3]


def test_what_was_asked_for_before_has_taken_its_part(tmp_path):
    data = data_set(tmp_path, task(), {("train", ""): 4, ("unlabelled", ""): 3})
    train, apart = (shards_of(data, role, None) for role in ("train", "unlabelled"))
    assert (reading.count(train), reading.count(apart)) == (4, 3)
    for allowed, kept in (
        (7 * NORMALISED, "normalised"),
        (4 * NORMALISED + 3 * CODES, "codes"),  # the first have taken all they like
        (4 * NORMALISED + 3 * CODES - 1, None),
        (7 * CODES, "codes"),
        (7 * CODES - 1, None),
        (3 * NORMALISED, None),  # the first take theirs as codes, two thirds of it
        (4 * CODES - 1, "codes"),  # those did not fit, so they have taken nothing
    ):
        assert reading.kept(data, apart, 1, allowed, beside=train) == kept, allowed
