"""Configuration messages that TensorFlow Serving's Python package leaves out."""

import pytest

from pipelines.errors import DataError
from zoo.serving import text_protos


def test_monitoring(tmp_path):
    file = tmp_path / "monitoring.config"
    file.write_text(
        'prometheus_config { enable: true, path: "/metrics" }', encoding="utf-8"
    )
    config = text_protos.read(file, "MonitoringConfig").prometheus_config
    assert (config.enable, config.path) == (True, "/metrics")


def test_a_field_that_there_is_not(tmp_path):
    file = tmp_path / "batching.config"
    file.write_text("max_batch_sizes { value: 3 }", encoding="utf-8")
    with pytest.raises(DataError, match='no field named "max_batch_sizes"'):
        text_protos.read(file, "BatchingParameters")
