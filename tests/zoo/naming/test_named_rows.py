"""Of outputs: the class, or unknown."""

import numpy as np

from zoo.naming.named_rows import sequence_of

OUTPUTS = {"probabilities": np.array([0.25, 0.75]), "label": np.array("b")}


def test_the_class_and_its_probability():
    assert sequence_of(OUTPUTS, ("a", "b"), 0.5) == ("b", 0.75)


def test_below_the_threshold_it_is_unknown():
    assert sequence_of(OUTPUTS, ("a", "b"), 0.8) == ("unknown", 0.75)


def test_the_reject_rule_decides():
    outputs = OUTPUTS | {"is_unknown": np.array(True)}
    assert sequence_of(outputs, ("a", "b"), None) == ("unknown", 0.75)
