import dataclasses

import numpy as np

from pipelines.errors import StudyError
from pipelines.ingestion.new_study import OneRecord
from tests.zoo.prediction import networks
from tests.zoo.prediction.reports import phantom_studies
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import study_images


def of_voxels(volume, channels=(), **options):
    facts = ModelFacts(name="run", task=networks.OPTIONAL, channels=channels)
    record = networks.record(volume, networks.OPTIONAL, **options)
    return study_images.of_record(OneRecord(name="study 1", record=record), facts)


def test_slices_are_those_of_the_record():
    volume = networks.voxels()
    images = of_voxels(volume)
    assert images.channels == ("T1", "T2") and images.present == (True, True)
    assert images.depth == len(volume) and len(images.places) == study_images.SLICES
    assert images.places == tuple(sorted({*images.places}))
    for place, shown in zip(images.places, images.slices.volume):
        np.testing.assert_allclose(shown, volume[place - 1], rtol=0.02, atol=1)


def test_channels_are_those_that_the_network_sees_in_its_order():
    volume = networks.voxels()
    images = of_voxels(volume, ("T2", "T1"), present=(1, 0))
    assert images.channels == ("T2", "T1") and images.present == (False, True)
    first = images.slices.volume[..., 1]
    place = [place - 1 for place in images.places]
    np.testing.assert_allclose(first, volume[place][..., 0], rtol=0.02, atol=1)


def test_limits_are_of_the_whole_volume():
    volume = networks.voxels()
    images = of_voxels(volume)
    inside = volume[..., 0][volume[..., 0] != 0]
    low, high = np.percentile(inside, (1, 99))
    np.testing.assert_allclose(images.limits[0], (low, high), rtol=0.02)


def test_a_record_of_another_task_spoils_the_report_alone():
    facts = ModelFacts(name="run", task=networks.CLINICAL)
    record = OneRecord(name="study 1", record=networks.record(networks.voxels()))
    assert isinstance(study_images.of_record(record, facts), StudyError)


def test_series_go_with_the_slices(study):
    directory, task = study
    record = phantom_studies.record(directory, task)
    facts = ModelFacts(name="run", task=dataclasses.replace(task))
    images = study_images.of_record(record, facts)
    assert {*images.series} == {"T1WI", "T2WI"}
    assert "series" not in repr(images)
