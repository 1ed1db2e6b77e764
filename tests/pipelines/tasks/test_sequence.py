"""Sequences and their rules check themselves."""

import pytest

from pipelines.tasks.sequence import Match, Sequence


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"description": "("}, "description is no regular expression .*Received: '"),
        ({"not_description": "["}, "not_description is no regular expression"),
        ({"b_value": (100, 50)}, r"b_value is lowest, highest. Received: \(100, 50\)"),
        ({"inversion_time_ms": (2, 1)}, "inversion_time_ms is lowest, highest"),
        ({}, "a match wants at least one condition"),
        ({"prefer": "first"}, "a match wants at least one condition"),
        ({"modality": "MR"}, "a match wants at least one condition"),
        ({"modality": "mr"}, "modality is a code of DICOM .* Received: 'mr'"),
        ({"phase": 0}, "phase counts from 1, or from -1 backwards. Received: 0"),
    ],
)
def test_rules_that_make_no_sense(fields, message):
    with pytest.raises(ValueError, match=message):
        Match(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": " "}, "a sequence wants a name without '='. Received: ' '"),
        ({"name": "a=b"}, "a sequence wants a name without '='"),
        (
            {"name": "a", "or_match": (Match(diffusion=True),)},
            "or_match adds to match. Received: or_match alone",
        ),
        (
            {
                "name": "a",
                "match": Match(diffusion=True),
                "or_match": (Match(diffusion=True, prefer="first"),),
            },
            "prefer belongs into match",
        ),
    ],
)
def test_sequences_that_make_no_sense(fields, message):
    with pytest.raises(ValueError, match=message):
        Sequence(**fields)


def test_directions_of_frames_that_a_table_names_need_no_match():
    assert Sequence(name="DWI", directions="trace").rules == ()


def test_all_ways_to_recognise_a_sequence():
    first, second = Match(description="a"), Match(diffusion=False)
    assert Sequence(name="x").rules == ()
    sequence = Sequence(name="x", match=first, or_match=(second,))
    assert sequence.rules == (first, second)
