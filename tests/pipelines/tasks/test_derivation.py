import pytest

from pipelines.tasks import derivation
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task


def build(derive, **grid):
    return Task(
        name="test",
        sequences=(
            Sequence(name="ED"),
            Sequence(name="ES"),
            Sequence(name="ED-ES", derive="ED - ES"),
            Sequence(name="other", derive=derive),
        ),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 5, 6), **grid),
    )


@pytest.mark.parametrize(
    ("text", "operation", "sources"),
    [
        ("ED - ES", "-", ("ED", "ES")),
        ("DWI_800 / DWI_0", "/", ("DWI_800", "DWI_0")),
        ("T1-C - T1", "-", ("T1-C", "T1")),
    ],
)
def test_reads_differences_and_ratios(text, operation, sources):
    found = derivation.parse(text)
    assert (found.operation, found.sources) == (operation, sources)


@pytest.mark.parametrize(
    "text", ["", "ED", "ED-ES", "ED + ES", "ED - ED", "adc", "fa(A, B)", "adc(A) (B)"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="a difference or a ratio of two different"):
        Sequence(name="x", derive=text)


def test_a_derived_sequence_is_not_recognised():
    with pytest.raises(ValueError, match="computed, not recognised"):
        Sequence(name="x", derive="A - B", match=Match(description="t1"))


@pytest.mark.parametrize("text", ["ED - T9", "ED - ED-ES", "ED / other"])
def test_sources_are_sequences_that_are_acquired(text):
    with pytest.raises(ValueError, match="that are not derived themselves"):
        build(text)


def test_the_reference_is_acquired():
    with pytest.raises(ValueError, match="which is derived"):
        build("ED / ES", reference="ED-ES")


def test_derived_channels_come_in_their_place_and_no_study_brings_them():
    task = build("ES / ED")
    assert task.channels == ("ED", "ES", "ED-ES", "other")
    assert task.acquired == ("ED", "ES")


def test_a_series_has_none():
    with pytest.raises(ValueError, match="derive is for a study"):
        Task(
            name="test",
            unit="series",
            sequences=(Sequence(name="x", derive="A - B"),),
            target=Target(classes=("a", "b")),
            grid=Grid(shape=(4, 5, 6)),
        )


def test_a_derivation_makes_another_spec():
    assert build("ED / ES").spec != build("ES / ED").spec


@pytest.mark.parametrize(
    ("text", "operation", "sources"),
    [
        ("adc(b0, b800)", "adc", ("b0", "b800")),
        (
            " adc( DWI b50,DWI b400 , DWI-b800 ) ",
            "adc",
            ("DWI b50", "DWI b400", "DWI-b800"),
        ),
        ("adc_residual(a, b, c)", "adc_residual", ("a", "b", "c")),
    ],
)
def test_reads_fits_over_b_values(text, operation, sources):
    found = derivation.parse(text)
    assert (found.operation, found.sources) == (operation, sources)
    assert found.is_fit and not derivation.parse("a - b").is_fit


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("adc(a)", "of 2 or more different sequences"),
        ("adc(a, a)", "of 2 or more different sequences"),
        ("adc(a, , b)", "of 2 or more different sequences"),
        ("adc()", "of 2 or more different sequences"),
        ("adc_residual(a, b)", "of 3 or more .*fewer leave no residual"),
        ("adc_residual(a, b, a)", "of 3 or more"),
    ],
)
def test_a_fit_wants_enough_b_values(text, why):
    with pytest.raises(ValueError, match=why):
        Sequence(name="x", derive=text)


def test_a_name_with_brackets_is_a_name_elsewhere():
    found = derivation.parse("adc(1) - adc(2)")
    assert found.sources == ("adc(1)", "adc(2)") and found.operation == "-"


def test_one_stated_b_value_is_not_two():
    derived = {"ADC": "adc(a, b)", "difference": "a - b"}
    derivation.check_b_values(derived, {"a": 50.0, "b": 800.0})
    derivation.check_b_values(derived, {"a": 50.0})
    with pytest.raises(ValueError, match="ADC is fitted over different b-values"):
        derivation.check_b_values(derived, {"a": 50.0, "b": 50.0})
