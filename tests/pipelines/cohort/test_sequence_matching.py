"""Rules on header facts; the headers below are those of real scanners."""

import dataclasses

import pytest

from pipelines.cohort import sequence_matching
from pipelines.errors import DataError, StudyError
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Inclusion, Task, load


def series(number=1, *, slices=3, **header) -> Series:
    frame = Frame(
        path="private.dcm",
        rows=4,
        columns=4,
        orientation=(1, 0, 0, 0, 1, 0),
        position_mm=(0, 0, 0),
        spacing_mm=(1, 1),
    )
    return Series(
        patient_id="P1",
        study_uid="1.2",
        series_uid=f"1.2.{number}",
        series_number=number,
        frames=(frame,) * slices,
        **header,
    )


def task(*sequences: Sequence) -> Task:
    return Task(
        name="test",
        sequences=sequences,
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 4, 4)),
    )


T2 = series(
    4,
    description="t2_tse_tra",
    image_type=("ORIGINAL", "PRIMARY", "M"),
    scanning_sequence=("SE",),
    scan_options=("SAT1", "FS"),
    echo_time_ms=104.0,
    repetition_time_ms=5660.0,
    plane="axial",
)
DWI = series(
    6,
    part="b=800",
    description="ep2d_diff_tra",
    image_type=("DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"),
    scanning_sequence=("EP",),
    b_value=800.0,
    inversion_time_ms=180.0,
    contrast_agent="Gadovist",
    plane="axial",
)


@pytest.mark.parametrize(
    ("rule", "for_t2", "for_dwi"),
    [
        (Match(description="T2.*TRA"), True, False),
        (Match(not_description="^EP2D"), True, False),
        (Match(image_type=("tracew", "PRIMARY")), False, True),
        (Match(not_image_type=("DIFFUSION",)), True, False),
        (Match(b_value=(800, 1000)), False, True),
        (Match(b_value=(0, 799)), False, False),
        (Match(diffusion=True), False, True),
        (Match(diffusion=False), True, False),
        (Match(contrast=True), False, True),
        (Match(contrast=False), True, False),
        (Match(echo_time_ms=(104, 104)), True, False),
        (Match(repetition_time_ms=(1000, 6000)), True, False),
        (Match(inversion_time_ms=(100, 200)), False, True),
        (Match(plane="axial"), True, True),
        (Match(plane="coronal"), False, False),
        (Match(scan_options=("fs",)), True, False),
        (Match(not_scan_options=("FS",)), False, True),
        (Match(scanning_sequence=("SE",)), True, False),
        (Match(not_scanning_sequence=("SE",)), False, True),
        (Match(scanning_sequence=("SE",), plane="coronal"), False, False),
    ],
)
def test_every_condition(rule, for_t2, for_dwi):
    assert sequence_matching.fulfils(T2, rule) is for_t2
    assert sequence_matching.fulfils(DWI, rule) is for_dwi


@pytest.mark.parametrize(
    ("modality", "asked", "fulfilled"),
    [
        ("MR", "MR", True),
        ("CT", "MR", False),
        ("CT", "CT", True),
        ("", "MR", True),  # a header that says nothing
    ],
)
def test_the_modality(modality, asked, fulfilled):
    rule = Match(description="t2", modality=asked)
    one = dataclasses.replace(T2, modality=modality)
    assert sequence_matching.fulfils(one, rule) is fulfilled


@pytest.mark.parametrize(
    ("phase", "wanted"), [(1, [1]), (3, [3]), (-1, [4]), (-4, [1]), (5, []), (None, 4)]
)
def test_which_of_the_repeated_stacks(phase, wanted):
    stacks = [
        dataclasses.replace(T2, part=f"t={n}", phase=n, phases=4) for n in range(1, 5)
    ]
    rule = Match(description="t2", phase=phase)
    found = [one.phase for one in stacks if sequence_matching.fulfils(one, rule)]
    assert found == wanted or len(found) == wanted


ADC = dataclasses.replace(
    DWI, image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC"), part=""
)


def test_a_map_has_no_b_value():
    assert sequence_matching.fulfils(DWI, Match(b_value=(500, 1000)))
    assert not sequence_matching.fulfils(ADC, Match(b_value=(500, 1000)))
    assert sequence_matching.fulfils(ADC, Match(image_type=("ADC",)))
    rule = Sequence(name="X", match=Match(plane="axial", prefer="highest_b"))
    low = dataclasses.replace(DWI, b_value=50.0)
    assert sequence_matching.assign((ADC, low), task(rule)) == {"X": low}


PARTIAL = dataclasses.replace(
    DWI, longer_parts=(("b=50", 19), ("b=400,type=DOE^JOHN", 19))
)


@pytest.mark.parametrize("prefer", [None, "most_slices", "last", "highest_b"])
def test_a_part_is_not_taken_for_the_whole(prefer):
    rule = Sequence(name="X", match=Match(diffusion=True, prefer=prefer))
    small = series(2, slices=2, b_value=50.0)
    others = (small,) if prefer else ()
    chosen = sequence_matching.assign((PARTIAL, *others), task(rule))
    with pytest.raises(
        StudyError, match=r"series 6 b=800 has 3 slices.*b=50 \(19\), b=400 \(19\)"
    ) as caught:
        sequence_matching.check_whole(chosen, task(rule))
    assert caught.value.code == "partial_series"
    assert "DOE" not in caught.value.problem


def test_a_part_may_be_allowed():
    rule = Sequence(name="X", match=Match(diffusion=True))
    allowing = dataclasses.replace(task(rule), inclusion=Inclusion(allow_partial=True))
    chosen = {"X": PARTIAL}
    sequence_matching.check_whole(chosen, allowing)
    (warning,) = sequence_matching.partial(chosen).values()
    assert warning.startswith("series 6 b=800 has 3 slices, and other parts")


def test_candidates_are_shown_with_what_tells_them_apart():
    rule = Sequence(name="AX", match=Match(plane="axial"))
    with pytest.raises(StudyError) as caught:
        sequence_matching.assign((DWI, ADC), task(rule))
    shown = str(caught.value)
    assert "b 800, DERIVED/PRIMARY/DIFFUSION/TRACEW, 3 slices" in shown
    assert "b 800, DERIVED/PRIMARY/DIFFUSION/ADC, 3 slices" in shown


def test_any_of_the_ways_will_do():
    sequence = Sequence(
        name="x", match=Match(description="diff"), or_match=(Match(description="t2"),)
    )
    assert sequence_matching.matches(T2, sequence) and sequence_matching.matches(
        DWI, sequence
    )
    assert not sequence_matching.matches(series(description="t1"), sequence)


def test_sequences_come_in_the_order_of_the_task():
    assigned = sequence_matching.assign(
        (T2, series(9, description="scout"), DWI),
        task(
            Sequence(name="DWI", match=Match(diffusion=True)),
            Sequence(name="T1", required=False, match=Match(description="t1")),
            Sequence(name="T2", match=Match(description="t2")),
        ),
    )
    assert list(assigned.items()) == [("DWI", DWI), ("T2", T2)]


def test_a_missing_sequence_is_named_and_the_rest_counted():
    with pytest.raises(StudyError, match="none of 2 series matches ADC") as caught:
        sequence_matching.assign(
            (T2, DWI),
            task(Sequence(name="ADC", match=Match(plane="axial", image_type=("ADC",)))),
        )
    assert caught.value.code == "missing_sequence"
    assert "t2_tse_tra" in caught.value.private
    assert "t2_tse" not in caught.value.problem + caught.value.cure


@pytest.mark.parametrize(
    ("prefer", "number"),
    [
        ("most_slices", 5),
        ("fewest_slices", 7),
        ("first", 5),
        ("last", 8),
        ("lowest_b", 7),
        ("highest_b", 8),
    ],
)
def test_preferences(prefer, number):
    candidates = (
        series(8, slices=4, b_value=1000.0, description="x"),
        series(5, slices=6, description="x"),
        series(7, slices=3, b_value=50.0, description="x"),
    )
    rule = Sequence(name="X", match=Match(description="x", prefer=prefer))
    for order in (candidates, candidates[::-1]):
        assert sequence_matching.assign(order, task(rule))["X"].series_number == number


def test_two_candidates_without_a_preference_are_both_named():
    rule = Sequence(name="AX", match=Match(plane="axial"))
    with pytest.raises(
        StudyError, match="series 4 and series 6 b=800 match AX."
    ) as got:
        sequence_matching.assign((DWI, T2), task(rule))
    assert got.value.code == "ambiguous_sequence"
    assert "t2_tse_tra" in got.value.private and "ep2d" in got.value.private
    assert "tse" not in got.value.problem + got.value.cure


def test_candidates_alike_by_the_preference_are_named():
    rule = Sequence(name="AX", match=Match(plane="axial", prefer="most_slices"))
    unnumbered = dataclasses.replace(T2, series_number=None)
    with pytest.raises(
        StudyError, match="series without number match AX and are alike"
    ):
        sequence_matching.assign((DWI, unnumbered), task(rule))


def test_one_series_cannot_be_two_sequences():
    rules = (
        Sequence(name="A", match=Match(plane="axial")),
        Sequence(name="B", match=Match(description="t2")),
    )
    for act in (
        lambda: sequence_matching.assign((T2,), task(*rules)),
        lambda: sequence_matching.name(T2, task(*rules)),
    ):
        with pytest.raises(StudyError, match="series 4 matches .* A and B") as caught:
            act()
        assert caught.value.code == "ambiguous_sequence"


def test_a_series_that_no_rule_names():
    assert (
        sequence_matching.name(
            T2, task(Sequence(name="A", match=Match(diffusion=True)))
        )
        is None
    )


def test_a_sequence_without_a_rule_cannot_be_found_in_dicom():
    with pytest.raises(
        DataError, match=r"series of ED are recognised. .*sequences.match"
    ):
        sequence_matching.name(T2, load("acdc"))


def test_what_is_written_down_of_a_part_are_numbers_and_planes():
    part = "b=50,te=60.5,plane=axial-2,type=DOE^JOHN/ADC,acq=none"
    two = (series(1, description="t2", part=part), series(2, description="t2"))
    rules = task(Sequence(name="T2", match=Match(description="t2")))
    with pytest.raises(StudyError) as caught:
        sequence_matching.assign(two, rules)
    assert "series 1 b=50,te=60.5,plane=axial-2,acq=none" in caught.value.problem
    assert "DOE" not in caught.value.problem and "DOE" in caught.value.private
