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


def shown(volume, channel, places):
    """Slices from the 1st to the 99th percentile of the whole foreground, 8 bits."""
    inside = volume[..., channel][volume[..., channel] != 0]
    low, high = np.percentile(inside, (1, 99))
    slices = volume[[place - 1 for place in places], ..., channel]
    return np.clip(255 * (slices - low) / (high - low), 0, 255)


def test_slices_are_those_of_the_record():
    volume = networks.voxels()
    images = of_voxels(volume)
    assert images.channels == ("T1", "T2") and images.present == (True, True)
    assert images.depth == len(volume) and len(images.places) == study_images.SLICES
    assert images.places == tuple(sorted({*images.places}))
    found = images.slices.volume
    assert found.dtype == np.uint8 and 0 in found and 255 in found
    for channel in (0, 1):
        wanted = shown(volume, channel, images.places)
        np.testing.assert_allclose(found[..., channel], wanted, atol=6)


def test_channels_are_those_that_the_network_sees_in_its_order():
    volume = networks.voxels()
    images = of_voxels(volume, ("T2", "T1"), present=(1, 0))
    assert images.channels == ("T2", "T1") and images.present == (False, True)
    wanted = shown(volume, 0, images.places)
    np.testing.assert_allclose(images.slices.volume[..., 1], wanted, atol=6)


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
