import numpy as np
import pytest

from zoo.evaluation.metrics.classification import measure, replicate


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("decimals", [1, 12])  # one decimal makes many ties
def test_a_weight_is_as_good_as_copies(classes, decimals):
    """Each resample's numbers are what `measure` finds on its rows written out."""
    generator = np.random.default_rng(classes)
    labels = generator.integers(classes, size=30)
    probabilities = np.round(generator.dirichlet(np.ones(classes), 30), decimals)
    probabilities[:, 0] += 1 - probabilities.sum(axis=1)
    probabilities = np.abs(probabilities)
    weights = generator.integers(0, 3, size=(20, 30))
    weights[0], weights[1], weights[2] = 1, labels == 0, labels != 0
    found = replicate(labels, probabilities, weights)
    for row, counts in enumerate(weights):
        copies = np.repeat(np.arange(30), counts)
        expected = measure(
            labels[copies], probabilities[copies], tuple("abcde"[:classes])
        )
        for name, entry in expected.overall.items():
            np.testing.assert_allclose(
                found["overall"][name][row], entry.value, rtol=1e-9, atol=1e-12
            )
        for c, entries in enumerate(expected.per_class):
            for name, entry in entries.items():
                np.testing.assert_allclose(
                    found["per_class"][name][row, c], entry.value, rtol=1e-9, atol=1e-12
                )
