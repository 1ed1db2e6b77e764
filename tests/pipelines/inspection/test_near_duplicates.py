from pipelines.inspection.near_duplicates import near_duplicates
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
