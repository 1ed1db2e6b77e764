"""Copies of whole studies, and of single sequences of them."""

from types import SimpleNamespace

from pipelines.ingestion.duplicate_volumes import twins
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import WorkItem

TASK = SimpleNamespace(channels=("T2WI", "ADC"))


def found(*samples):
    """Twins of samples, each `(sample, patient, hash of the whole, of channels)`."""
    work_items, notes = {}, {}
    for sample, patient, whole, *channels in samples:
        work_items[sample] = WorkItem(
            sample_id=sample,
            study_id=f"study of {sample}",
            patient_id=patient,
            private=f"patient of the hospital {patient}",
            target=(),
            sources={},
        )
        notes[sample] = RecordNote(
            digest="",
            checksum="",
            clipped=(0, 0),
            volume_hash=whole,
            channel_hashes=tuple(f"{one}-00" if one else "" for one in channels),
        )
    return twins(work_items, notes, TASK)


def test_one_sequence_under_two_patients_sinks_both():
    faults = found(("a", "p1", "1", "t", "x"), ("b", "p2", "2", "t", "y"))
    assert {name: twin.error.code for name, twin in faults.items()} == {
        "a": "duplicate_sequence",
        "b": "duplicate_sequence",
    }
    assert "its T2WI are those of sample b, of another" in faults["a"].error.problem
    assert "of patient of the hospital p2, of another patient" in faults["a"].shown


def test_one_image_as_two_sequences_of_two_patients():
    faults = found(("a", "p1", "1", "t", "x"), ("b", "p2", "2", "y", "t"))
    assert "its ADC are those of sample a" in faults["b"].error.problem


def test_visits_of_one_patient_may_share_a_sequence():
    assert not found(("a", "p1", "1", "t", "x"), ("b", "p1", "2", "t", "y"))


def test_a_channel_that_is_not_there_is_no_copy():
    assert not found(("a", "p1", "1", "t", ""), ("b", "p2", "2", "s", ""))


def test_whole_studies_are_told_as_such():
    faults = found(("a", "p1", "1", "t", "x"), ("b", "p2", "1", "t", "x"))
    assert {twin.error.code for twin in faults.values()} == {"duplicate_study"}


def test_of_one_patient_s_copies_the_first_stays():
    faults = found(("a", "p1", "1", "t", "x"), ("b", "p1", "1", "t", "x"))
    assert list(faults) == ["b"]
    assert faults["b"].error.problem.endswith("of sample a, of the same patient")
    assert "patient of the hospital p1" in faults["b"].shown
