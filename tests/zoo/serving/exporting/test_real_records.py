"""Real studies: an exported version answers to records and volumes as the run does."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines.canonical.canonicalise import canonicalise
from pipelines.readers import nifti
from pipelines.readers.volume import Study, Volume
from tests.pipelines.records import small
from tests.zoo.serving import exported
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.recipes.recipe import Recipe

TIMES = ("ED", "ES")
TASK = small.task(channels=TIMES, shape=(12, 64, 64))


def record(patient):
    """Of a patient of ACDC, end-diastole and end-systole as channels."""
    volumes = {
        time: Volume(
            image=nifti.read_image(str(patient / f"{time}.nii.gz")),
            sequence=time,
            plane="axial",
        )
        for time in TIMES
    }
    study = Study(study_id="", patient_id="", volumes=volumes)
    sample = small.sample(canonical=canonicalise(study, TASK))
    return small.encode(sample, TASK).record


@pytest.fixture(scope="module")
def records(shared_data):
    return [
        record(path) for path in sorted((shared_data / "acdc").glob("patient*"))[:6]
    ]


@pytest.mark.parametrize("normalisation", ["zscore", "percentile", "equalise"])
def test_real_studies_get_the_answers_of_the_run(records, tmp_path, normalisation):
    root = tmp_path / "root"
    recipe = Recipe(arch="cnn3d", normalisation=normalisation)
    path = exported.model(root, task=TASK, recipe=recipe)
    of_run = predictor.load(exported.run_path(root))
    expected = of_run.answer_records(records)
    assert np.ptp(expected["probabilities"][:, 0]) > 1e-3
    signatures = tf.saved_model.load(str(path)).signatures
    by_volume = decoded(records, TASK, ())
    for outputs in (
        signatures["serve_examples"](examples=tf.constant(records)),
        signatures["serving_default"](**by_volume),
    ):
        found = {name: predictor.as_numpy(values) for name, values in outputs.items()}
        np.testing.assert_array_equal(found["label"], expected["label"])
        np.testing.assert_allclose(
            found["probabilities"], expected["probabilities"], atol=1e-5
        )
