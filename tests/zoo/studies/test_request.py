"""What a study is asked for is checked before work begins."""

import pytest

from pipelines.errors import UsageError
from tests.zoo.studies import small_study

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
