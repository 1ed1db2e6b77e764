"""What a study is asked for is checked before work begins."""

import dataclasses

import pytest

from pipelines.errors import UsageError
from pipelines.tasks import task as tasks
from tests.zoo.studies import small_study
from zoo.studies import study
from zoo.studies.request import Request

PHANTOM = small_study.TEXT.replace("[paper]", '[phantom]\nplan = "heart"\n\n[paper]')
INVENTED = {"kind": "phantom", "source": None, "labels": None}


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (INVENTED, "has no phantom: give it patients"),
        ({"scale": 0.5}, "--scale goes with --phantom"),
        ({"seed": 0}, "--seed goes with --phantom"),
        ({"masks": "masks.csv"}, "--masks goes with --dicom; a table names masks"),
        ({"kind": "dicom", "masks": "masks.csv"}, "crops to no mask: leave --masks"),
        ({"by_image": True}, "--split-by image is for a paper that dealt images"),
        ({"labels": None}, "takes its target from a table: name it by --labels"),
    ],
)
def test_what_does_not_go_together_is_refused(options, match, tmp_path):
    with pytest.raises(UsageError, match=match):
        small_study.request(tmp_path, **options)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"scale": 0.0}, "above 0 and at most 10. Received: 0"),
        ({"labels": "labels.csv"}, "--phantom brings labels and masks"),
    ],
)
def test_of_phantoms(options, match, tmp_path):
    with pytest.raises(UsageError, match=match):
        small_study.request(tmp_path, text=PHANTOM, **(INVENTED | options))


def test_masks_are_asked_for(tmp_path):
    text = small_study.TEXT.replace('task = "acdc"', 'task = "acdc"\nmasks = true')
    with pytest.raises(UsageError, match="wants a mask for each patient"):
        small_study.request(tmp_path, text=text, kind="dicom", source=tmp_path)


def test_a_source_exists(tmp_path):
    with pytest.raises(UsageError, match="nosuch does not exist"):
        small_study.request(tmp_path, source=tmp_path / "nosuch")


def test_folds_are_those_of_the_task(tmp_path):
    text = small_study.TEXT.replace("folds = true\nin_quick", "in_quick")
    with pytest.raises(UsageError, match="training two: its task splits by folds"):
        small_study.request(tmp_path, text=text)


def test_quick_and_variants_choose_what_is_trained(tmp_path):
    def names(**options):
        return [t.name for t in small_study.request(tmp_path, **options).trainings]

    assert names() == ["one", "two"]
    assert names(quick=True) == ["one"]
    assert names(variants=True) == ["one", "two", "more"]


def test_without_weights_what_is_about_them_is_left_out(tmp_path):
    text = small_study.TEXT.replace("in_quick = false", "fine_tuned = true")

    def names(**options):
        asked = small_study.request(tmp_path, text=text, **options)
        return [t.name for t in asked.trainings]

    assert names() == ["one", "two"]
    assert names(without_weights=True) == ["one"]


def test_variants_are_asked_for_where_there_are_some(tmp_path):
    text = small_study.TEXT.replace("variant = true", "in_quick = true")
    with pytest.raises(UsageError, match="has no variants: leave --variants out"):
        small_study.request(tmp_path, text=text, variants=True)


def trained(tmp_path, labels):
    """A study one of whose trainings learns from patients without a label."""
    old = 'name = "one"\n'
    text = small_study.TEXT.replace(old, f"{old}unlabelled = true\n", 1)
    path = tmp_path / "mine.csv"
    path.write_text(labels, encoding="utf-8")
    asked = small_study.request(tmp_path, text=text, labels=path)
    return [training.name for training in asked.trainings]


def test_what_learns_from_patients_without_a_label_wants_some(tmp_path):
    (title,) = tasks.load("acdc").target.columns
    assert trained(tmp_path, f"patient_id,{title}\na,NOR\nb,DCM\n") == ["two"]
    assert trained(tmp_path, f"patient_id,{title}\na,NOR\nb,\n") == ["one", "two"]
    assert trained(tmp_path, "patient_id,other\na,\n") == ["two"]


def test_of_phantoms_the_plan_says_whether_somebody_has_no_label(tmp_path):
    invented = {"kind": "phantom", "out": tmp_path / "out", "variants": True}
    nash = study.load("nash")
    asked = Request(name="nash", study=nash, **invented)
    assert "mixmatch" in [training.name for training in asked.trainings]
    liver = dataclasses.replace(nash, phantom=study.load("liver_fibrosis").phantom)
    asked = Request(name="nash", study=liver, **invented)
    assert "mixmatch" not in [training.name for training in asked.trainings]
