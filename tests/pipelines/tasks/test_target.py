"""Targets check themselves."""

import pytest

from pipelines.tasks.target import Target


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"kind": "regresion"},
            "kind is one of 'classification', 'multilabel', .* Received: 'regresion'",
        ),
        ({"classes": ("a",)}, "wants two or more different classes. Received: classes"),
        ({"classes": ("a", "a")}, "wants two or more different classes"),
        (
            {"classes": ("a", "b"), "columns": ("x", "y")},
            "classification wants one column. Received: columns",
        ),
        ({"classes": ("a", "b"), "columns": ()}, "columns want different names"),
        (
            {"kind": "regression", "columns": ("x", "x")},
            "columns want different names. Received: .'x', 'x'.",
        ),
        (
            {"kind": "multilabel", "columns": ("x", "y"), "classes": ("x",)},
            "multilabel wants one class name per column",
        ),
        (
            {"kind": "multilabel", "columns": ("x", "y"), "classes": ("a", "a")},
            "one class name per column, each another. Received: classes",
        ),
        (
            {"classes": ("a", "b"), "name": "Big stage"},
            "small letters, digits and _, .* Received: 'Big stage'",
        ),
        (
            {"classes": ("a", "c"), "record_classes": ("a", "b")},
            "some of record_classes, in their order. Received: .'a', 'c'. and",
        ),
        (
            {"classes": ("b", "a"), "record_classes": ("a", "b", "c")},
            "some of record_classes, in their order",
        ),
        (
            {"kind": "regression", "classes": ("a", "b")},
            "regression has no classes. Received: classes",
        ),
    ],
)
def test_targets_that_make_no_sense(fields, message):
    with pytest.raises(ValueError, match=message):
        Target(**fields)


def test_how_many_numbers_a_target_has():
    assert Target(classes=("a", "b", "c")).size == 1
    assert Target(kind="ordinal", classes=("a", "b", "c")).size == 1
    assert Target(kind="regression", columns=("x", "y")).size == 2


@pytest.mark.parametrize(
    ("target", "facts"),
    [
        (Target(classes=("a", "b")), (True, True, True)),
        (Target(kind="ordinal", classes=("a", "b")), (True, False, True)),
        (Target(kind="multilabel", classes=("a",)), (False, False, True)),
        (Target(kind="regression"), (False, False, False)),
    ],
)
def test_what_its_values_are(target, facts):
    assert (target.is_single_label, target.is_nominal, target.has_classes) == facts


def test_classes_that_are_held_out_stay_in_the_records():
    target = Target(classes=("a", "c"), record_classes=("a", "b", "c"))
    assert target.stated_classes == ("a", "b", "c")
    assert target.held_out_classes == ("b",)
    assert Target(classes=("a", "c")).stated_classes == ("a", "c")
    assert Target(classes=("a", "c")).held_out_classes == ()
