import pytest

from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

SOURCES = tuple(Sequence(name=f"b{b}", channel=False) for b in (50, 400, 800))
ADC = Sequence(name="ADC", derive="adc(b50, b400, b800)")


def build(*sequences, unit="study", **grid):
    return Task(
        name="test",
        unit=unit,
        sequences=sequences,
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 5, 6), **grid),
    )


def test_what_is_no_channel_is_acquired_all_the_same():
    task = build(SOURCES[0], Sequence(name="T2"), *SOURCES[1:], ADC)
    assert task.channels == ("T2", "ADC")
    assert task.acquired == ("b50", "T2", "b400", "b800")
    assert task.optional_channels == ("ADC",)
    assert task.record_shape == (4, 5, 6, 2)


def test_an_optional_source_is_no_optional_channel():
    first = Sequence(name="b50", channel=False, required=False)
    task = build(Sequence(name="T2", required=False), first, *SOURCES[1:], ADC)
    assert task.optional_channels == ("T2", "ADC")


@pytest.mark.parametrize(
    "used",
    [
        {"reference": "other"},
        {
            "fit": "crop_or_pad",
            "spacing_mm": (3.0, 1.0, 1.0),
            "centre": "motion",
            "centre_of": ("T2", "other"),
        },
    ],
)
def test_the_grid_may_come_from_it(used):
    other = Sequence(name="other", channel=False)
    assert build(Sequence(name="T2"), other, **used).channels == ("T2",)
    with pytest.raises(ValueError, match=r"something comes from.*\['other'\]"):
        build(Sequence(name="T2"), other)


def test_a_record_has_a_channel():
    with pytest.raises(ValueError, match="a record has one channel or more"):
        build(Sequence(name="b50", channel=False), reference="b50")


def test_a_series_is_one():
    with pytest.raises(ValueError, match="sequences of a study"):
        build(Sequence(name="T2"), SOURCES[0], unit="series")


def test_a_series_has_no_b_value_stated():
    with pytest.raises(ValueError, match="the unit is the series"):
        build(Sequence(name="b50", b_value=50.0), unit="series")


def test_what_is_derived_is_a_channel():
    with pytest.raises(ValueError, match="a derived sequence is a channel"):
        Sequence(name="x", derive="A - B", channel=False)
    with pytest.raises(ValueError, match="without a b_value"):
        Sequence(name="x", derive="A - B", b_value=0.0)


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_b_value_is_a_number_from_0(value):
    with pytest.raises(ValueError, match="b_value is 0 or more"):
        Sequence(name="x", b_value=value)


def test_a_task_states_different_b_values_for_a_fit():
    both = [Sequence(name=name, b_value=400.0) for name in ("a", "b")]
    with pytest.raises(ValueError, match="fitted over different b-values"):
        build(*both, Sequence(name="ADC", derive="adc(a, b)"))


def test_what_a_record_holds_decides_the_spec():
    shown = [Sequence(name=one.name) for one in SOURCES]
    hidden, held = build(*SOURCES, ADC), build(*shown, ADC)
    stated = [Sequence(name=o.name, channel=False, b_value=9.0) for o in SOURCES[:1]]
    other = build(*stated, *SOURCES[1:], ADC)
    assert len({hidden.spec, held.spec, other.spec}) == 3
    plain = build(*shown)
    defaults = [Sequence(name=o.name, channel=True, b_value=None) for o in SOURCES]
    assert build(*defaults).spec == plain.spec
