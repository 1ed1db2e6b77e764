"""Samples of different patients that look alike, by their hashes."""

import numpy as np
import pytest

from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.near_copies import NearCopies, near_copies, near_pairs
from pipelines.ingestion.work_item import WorkItem
from pipelines.records.quantisation import Codes
from pipelines.records.volume_hash import near_hash

FIRST, OTHER = "0123456789abcdef", "fedcba9876543210"


def work_item(sample, patient, warnings=()):
    return WorkItem(
        sample_id=sample,
        study_id=f"study of {sample}",
        patient_id=patient,
        private=f"patient {patient} of the hospital",
        target=(),
        sources={},
        warnings=warnings,
    )


def note(*hashes):
    return RecordNote(
        digest="",
        checksum="",
        clipped=(0,) * len(hashes),
        volume_hash="",
        channel_hashes=tuple(f"{one}-{one}" if one else "" for one in hashes),
    )


def found(*samples, channels=("T2WI", "ADC")):
    """Of samples, each `(sample, patient, hash of each channel)`."""
    work_items = {sample: work_item(sample, patient) for sample, patient, *_ in samples}
    notes = {sample: note(*hashes) for sample, _, *hashes in samples}
    return near_copies(work_items, notes, channels), work_items


def flipped(bits, number):
    """The hash with its lowest bits the other way round."""
    return f"{int(bits, 16) ^ (2**number - 1):016x}"


@pytest.mark.parametrize(("number", "near"), [(0, True), (6, True), (7, False)])
def test_few_bits_apart_is_near(number, near):
    assert bool(near_pairs([FIRST, flipped(FIRST, number)])) == near


def hashed(volume):
    codes = Codes(
        codes=volume[..., None],
        slope=np.ones(1),
        intercept=np.zeros(1),
        fill=np.zeros(1),
        fill_code=np.array([-32768]),
        clipped=np.zeros(1, int),
    )
    return near_hash(codes, 0)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_mirror_images_are_near(axes):
    volume = np.random.default_rng(0).integers(0, 1000, (16, 32, 32), np.int16)
    assert near_pairs([hashed(volume), hashed(np.flip(volume, axes))]) == [(0, 1)]


def test_other_volumes_are_not():
    draw = np.random.default_rng(0)
    volumes = draw.integers(0, 1000, (20, 16, 32, 32), np.int16)
    assert near_pairs([hashed(volume) for volume in volumes]) == []


def test_nothing_is_near_nothing():
    assert near_pairs([]) == []


def test_one_channel_of_two_patients():
    alike, work_items = found(("a", "p1", FIRST, OTHER), ("b", "p2", FIRST, ""))
    assert alike == NearCopies(pairs=(("a", "b", "T2WI"),))
    text = alike.text(work_items)
    assert "patient p1 of the hospital and patient p2 of the hospital look" in text
    assert "They are in the data set" in text


def test_what_is_written_names_pseudonyms_alone():
    alike, work_items = found(("a", "p1", FIRST, ""), ("b", "p2", FIRST, ""))
    assert [one.warnings for one in alike.noted(work_items.values())] == [
        ("T2WI: looks like another patient's sample b",),
        ("T2WI: looks like another patient's sample a",),
    ]


def test_visits_of_one_patient_look_alike_anyway():
    alike, work_items = found(("a", "p1", FIRST, ""), ("b", "p1", FIRST, ""))
    assert alike == NearCopies()
    assert alike.text(work_items) == ""


def test_a_record_that_was_kept_is_judged_anew():
    before = ("partial", "T2WI: looks like another patient's sample z")
    (noted,) = NearCopies().noted([work_item("a", "p1", warnings=before)])
    assert noted.warnings == ("partial",)


def test_records_of_before_have_no_hashes_of_channels():
    work_items = {"a": work_item("a", "p1"), "b": work_item("b", "p2")}
    notes = {"a": note(), "b": note(FIRST)}
    assert near_copies(work_items, notes, ("T2WI",)) == NearCopies()


def test_where_most_look_alike_none_is_named():
    samples = [(f"s{number}", f"p{number}", FIRST) for number in range(4)]
    alike, work_items = found(*samples, channels=("T2WI",))
    assert alike == NearCopies(vague=("T2WI",))
    assert alike.text(work_items) == (
        "T2WI: too many samples look alike to tell which are copies"
    )


def test_ten_pairs_are_shown():
    pairs = tuple((f"a{n}", f"b{n}", "T2WI") for n in range(12))
    work_items = {s: work_item(s, s) for pair in pairs for s in pair[:2]}
    lines = NearCopies(pairs=pairs).text(work_items).splitlines()
    assert len(lines) == 12 and lines[10] == "and 2 other pairs look alike"
