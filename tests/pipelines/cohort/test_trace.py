"""Which of the images of several gradient directions a sequence takes."""

from dataclasses import replace

import pytest

from pipelines.cohort import sequence_matching, trace
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.diffusion.gradient import Gradient
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

ISOTROPIC, NONE = Gradient(kind="isotropic"), Gradient(kind="none")
AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def stack(part, gradient, *, b_value=800.0, uid="1.2.6", number=6, z_mm=0.0, **facts):
    frames = tuple(
        Frame(
            path=f"{uid}-{part}-{index}",
            rows=4,
            columns=4,
            orientation=(1, 0, 0, 0, 1, 0),
            position_mm=(0, 0, z_mm + 3 * index),
            spacing_mm=(1, 1),
            b_value=b_value,
            gradient=gradient,
        )
        for index in range(3)
    )
    return Series(
        patient_id="P1",
        study_uid="1.2",
        series_uid=uid,
        series_number=number,
        part=part,
        description="ep2d_diff",
        b_value=b_value,
        frames=frames,
        **facts,
    )


def directions(vectors=AXES, *, prefix="b=800,", suffix="", **facts):
    return tuple(
        stack(
            f"{prefix}dir={number}{suffix}",
            Gradient(kind="directional", vector=vector),
            **facts,
        )
        for number, vector in enumerate(vectors, start=1)
    )


def assigned(series, *, directions=None, rule=None):
    rule = rule or Match(description="diff", b_value=(500, 1000))
    task = Task(
        name="test",
        sequences=(Sequence(name="DWI", match=rule, directions=directions),),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 4, 4)),
    )
    return sequence_matching.assign(tuple(series), task)["DWI"]


B0 = stack("b=0", NONE, b_value=0.0)
TRACE = stack("b=800,dir=trace", ISOTROPIC)


@pytest.mark.parametrize("wanted", [None, "trace"])
def test_the_isotropic_image_is_taken_where_there_is_one(wanted):
    assert assigned([B0, *directions(), TRACE], directions=wanted) == TRACE


def test_also_from_a_series_of_its_own():
    own = stack("", ISOTROPIC, uid="1.2.7", number=7)
    assert assigned([B0, *directions(), own]) == own


@pytest.mark.parametrize("change", [{"z_mm": 1.0}, {"b_value": 700.0}])
def test_not_one_of_another_place_or_weighting(change):
    other = stack("", ISOTROPIC, uid="1.2.7", number=7, **change)
    with pytest.raises(StudyError, match="series 6.*dir=trace-of-3|gradient dir"):
        assigned([B0, *directions(), other])


def test_an_isotropic_image_of_the_same_shell():
    own = stack("", ISOTROPIC, uid="1.2.7", number=7, b_value=790.0)
    assert assigned([B0, *directions(), own]) == own


def test_without_the_key_several_directions_are_refused_with_the_cure():
    with pytest.raises(
        StudyError, match="series 6: 3 gradient directions at b = 800 and no isotropic"
    ) as caught:
        assigned([B0, *directions()])
    assert caught.value.code == "several_directions"
    assert 'directions = "trace" for DWI' in caught.value.cure
    assert "ep2d" not in caught.value.problem


def test_no_preference_picks_a_direction():
    shorter = [*directions()]
    shorter[1] = replace(shorter[1], frames=shorter[1].frames[:2])
    for preference in ("fewest_slices", "most_slices", "first", "highest_b"):
        rule = Match(description="diff", b_value=(500, 1000), prefer=preference)
        with pytest.raises(StudyError, match="3 gradient directions"):
            assigned(shorter, rule=rule)


def test_a_preference_for_another_b_value_is_not_hindered():
    rule = Match(description="diff", prefer="lowest_b")
    assert assigned([B0, *directions()], rule=rule) == B0


def test_the_trace_is_made_where_the_task_says_so():
    chosen = assigned([B0, *directions()], directions="trace")
    assert chosen.directions == directions()
    assert chosen.part == "b=800,dir=trace-of-3"
    assert chosen.key == "1.2.6#b=800,dir=trace-of-3"
    assert len(chosen.paths) == 9 and len(chosen.frames) == 3
    assert trace.provenance(chosen) == (
        "geometric mean over 3 gradient directions at b = 800"
    )
    assert trace.provenance(TRACE) == ""


def test_one_trace_for_each_b_value():
    high = directions(prefix="b=1000,", b_value=1000.0)
    rule = Match(description="diff", prefer="highest_b")
    chosen = assigned([B0, *directions(), *high], rule=rule, directions="trace")
    assert chosen.directions == high


def test_acquisitions_of_a_direction_are_averaged_with_the_others():
    twice = [*directions(suffix=",acq=1"), *directions(suffix=",acq=2")]
    chosen = assigned(twice, directions="trace")
    assert (chosen.part, len(chosen.directions)) == ("b=800,dir=trace-of-3", 6)


def test_echoes_have_a_trace_each():
    both = [*directions(suffix=",te=60"), *directions(suffix=",te=90")]
    with pytest.raises(StudyError, match="trace-of-3.*and series 6.*trace-of-3"):
        assigned(both, directions="trace")


def test_a_lone_direction_is_an_image():
    (one,) = directions(AXES[:1], prefix="b=800")
    one = replace(one, part="b=800")
    assert assigned([B0, one], directions="trace") == one
    assert trace.provenance(one) == (
        "a single gradient direction, no isotropic image, at b = 800"
    )


@pytest.mark.parametrize("vectors", [AXES[:2], (*AXES[:2], (0.6, 0.8, 0.0))])
def test_directions_in_one_plane_make_no_trace(vectors):
    with pytest.raises(StudyError, match="make no isotropic image for DWI") as caught:
        assigned([B0, *directions(vectors)], directions="trace")
    assert caught.value.code == "too_few_directions"


def test_directions_without_vectors_are_counted():
    numbered = tuple(
        stack(f"b=800,dir={n}", Gradient(kind="directional", number=n))
        for n in (1, 2, 3)
    )
    assert assigned(numbered, directions="trace").directions == numbered


def test_a_map_is_no_direction():
    fa = stack(
        "b=800,type=FA",
        Gradient(kind="directional", vector=AXES[0]),
        image_type=("DERIVED", "PRIMARY", "DIFFUSION", "FA"),
    )
    assert assigned([fa, TRACE], rule=Match(image_type=("FA",))) == fa


def test_series_that_are_samples_become_one_trace_where_asked_for():
    task = Task(
        name="test",
        unit="series",
        sequences=(
            Sequence(
                name="DWI",
                match=Match(description="diff", b_value=(500, 1000)),
                directions="trace",
            ),
        ),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 4, 4)),
    )
    found = sequence_matching.with_traces([B0, *directions()], task)
    assert [one.part for one in found] == ["b=0", "b=800,dir=trace-of-3"]
    (sequence,) = task.sequences
    without = replace(task, sequences=(replace(sequence, directions=None),))
    untouched = [B0, *directions()]
    assert sequence_matching.with_traces(untouched, without) == untouched
