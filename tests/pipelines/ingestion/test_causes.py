"""Rejections by cause, one line each."""

from pipelines.errors import StudyError
from pipelines.ingestion.causes import causes
from pipelines.ingestion.cohort import rejected


def left(code, subject="", instead=(), who="patient A", private=""):
    error = StudyError(
        code=code,
        problem=f"problem of {who}",
        cure="Mend it",
        private=private,
        subject=subject,
        instead=instead,
    )
    return rejected(error, study_id="p1", patient_id="p2", private=who)


def test_studies_of_one_code_and_subject_are_one_cause():
    some = causes(
        [
            left("missing_sequence", "DWI"),
            left("missing_sequence", "ADC"),
            left("missing_sequence", "DWI"),
        ]
    )
    assert [(c.code, c.subject, c.number) for c in some] == [
        ("missing_sequence", "DWI", 2),
        ("missing_sequence", "ADC", 1),
    ]


def test_faults_stand_before_exclusions_and_many_before_few():
    some = causes(
        [left("plane", "T2"), left("plane", "T2"), left("truncated")]
        + [left("unreadable")] * 2
    )
    assert [(c.code, c.excluded) for c in some] == [
        ("unreadable", False),
        ("truncated", False),
        ("plane", True),
    ]


def test_a_line_says_what_was_there_instead_and_in_how_many():
    b_values, other = "ep2d_diff b = 50, 400", "survey axial"
    (cause,) = causes(
        [
            left("missing_sequence", "DWI", (b_values, other), private="long"),
            left("missing_sequence", "DWI", (b_values,), who="patient B"),
        ]
    )
    assert cause.instead == {b_values: 2, other: 1}
    assert cause.text("study") == (
        "2 studies excluded: DWI matches nothing; they hold ep2d_diff b = 50, 400; "
        "survey axial (1). Mend it. E.g. patient A: problem of patient A"
    )


def test_a_lone_study_shows_all_that_is_private():
    (cause,) = causes([left("truncated", private="/data/x.dcm")])
    assert cause.text("study") == (
        "1 study rejected: truncated. Mend it. E.g. patient A, /data/x.dcm: problem of "
        "patient A"
    )


def test_many_kinds_are_counted_where_they_are_not_named():
    kinds = tuple(f"kind {number:02}" for number in range(11))
    (cause,) = causes([left("missing_sequence", "DWI", kinds)])
    assert "kind 07; and 3 other kinds. Mend it" in cause.text("series")


def test_the_meaning_of_any_code():
    codes = [("unknown_class", "label"), ("no_mask", ""), ("unreadable", "")]
    assert [causes([left(*each)])[0].meaning for each in codes] == [
        "label is no class of the task",
        "no mask",
        "files damaged or unreadable",
    ]
