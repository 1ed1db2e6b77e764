import re

import pytest

from tests.zoo.planning.made import FACTS, facts
from zoo.planning import plan, rule_table, warnings
from zoo.planning.device import Device

TABLE = rule_table.shipped()
RARE = {"train": {"no": 90, "yes": 24}, "test": {"no": 30, "yes": 8}}


def told(mirror=("width",), **changes):
    return warnings.of(plan.make(facts(**changes), TABLE, mirror=mirror))


def test_where_all_was_tried_and_known_nothing_is_said():
    assert told() == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"classes": RARE}, r"8 samples of yes judge .* within about 0.28"),
        ({"classes": RARE}, "3.8 times the training samples .* judge by the AUC"),
        ({"every_class_validates": False}, "no validation patient in some fold"),
        ({"spacing_mm": (10.0, 3.0, 3.0)}, "10.0 mm apart and pixels 3.0 mm"),
        ({"covariates": ("age", "sex")}, r"not used \(age, sex\): --head.covariates"),
        ({"unlabelled": 40}, "40 samples without a label .*MixMatch"),
        ({"mirror": ()}, "nothing is mirrored.*--mirror"),
        ({"patients": 5000}, "No rule was tried on 5000 training patients"),
        ({"shape": (64, 64, 64)}, "tried on 262144 voxels"),
        ({"kind": "ordinal"}, "a target of kind ordinal"),
        ({"further_targets": 1}, "several targets"),
        ({"device": Device(gpu=True, memory_bytes=2**35)}, "a GPU"),
    ],
)
def test_what_is_to_be_minded_is_said(changes, words):
    assert any(re.search(words, sentence) for sentence in told(**changes))


def test_of_folds_every_patient_is_judged_once():
    few = {"train": {"no": 30, "yes": 30}, "test": {"no": 10, "yes": 8}}
    assert not told(classes=few, split="folds", folds=5, patients=60)
    assert told(classes=few)


def test_without_a_test_split_the_validation_split_is_counted():
    counts = dict(FACTS.classes, test={"no": 0, "yes": 0}, validation=RARE["test"])
    assert "8 samples of yes" in told(classes=counts)[0]
