import pytest

from pipelines.errors import DataError
from pipelines.inspection.geometry import Geometry, geometries
from tests.pipelines.records.small import data_set, task


@pytest.mark.parametrize("gzip", [False, True])
def test_spacing_and_presence_of_each_record(tmp_path, gzip):
    found = geometries(data_set(tmp_path, task(gzip=gzip)))
    one = Geometry(spacing_mm=(3.0, 0.5, 0.5), present=(True, True))
    assert found == (one,) * 12


def test_a_damaged_shard_is_named(tmp_path):
    data = data_set(tmp_path, task())
    name = data.shards[0].name
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        geometries(data)
