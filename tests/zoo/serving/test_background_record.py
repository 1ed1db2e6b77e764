import numpy as np

from pipelines.records import decode
from tests.zoo.prediction import networks
from zoo.serving.background_record import background_record


def test_the_record_is_one_of_the_task_and_of_nobody():
    record = background_record(networks.CLINICAL)
    assert len(record) < 5000
    parsed = decode.parser(networks.CLINICAL, require_target=False)(record)
    assert parsed["sample_id"] == parsed["patient_id"] == parsed["study_id"] == b""
    assert parsed["volume"].shape == networks.CLINICAL.record_shape
    assert not np.any(parsed["volume"])
    assert not np.any(parsed["foreground"])
