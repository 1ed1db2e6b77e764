import dataclasses

import numpy as np

from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.predictions.by_patient import by_patient, mixed_patients


def test_a_patient_is_the_mean_of_the_samples():
    found = labelled(6, samples_each=2)
    one = by_patient(found)
    assert one.patient_id == one.sample_id == tuple(found.patient_id[::2])
    mean = found.outputs["prob"].reshape(6, 2, 3).mean(axis=1)
    np.testing.assert_allclose(one.outputs["prob"], mean)
    np.testing.assert_allclose(1 / (1 + np.exp(-one.outputs["logit"])), mean)
    np.testing.assert_array_equal(one.truth, found.truth[::2])


def test_what_one_sample_knows_the_patient_knows():
    found = labelled(4, ("a",), samples_each=2)
    truth = found.truth.copy()
    truth[0], truth[2:4] = np.nan, np.nan
    found = dataclasses.replace(found, truth=truth)
    assert mixed_patients(found) == ()
    assert by_patient(found).truth[0, 0] == truth[1, 0]
    assert np.isnan(by_patient(found).truth[1, 0])


def test_samples_that_differ():
    found = labelled(4, ("a", "b"), samples_each=2)
    truth = found.truth.copy()
    truth[5, 1] = 1 - truth[4, 1]
    found = dataclasses.replace(found, truth=truth)
    assert mixed_patients(found) == ("test-0002",)
