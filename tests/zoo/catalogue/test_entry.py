import os

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.catalogue.small import ENTRY, entry
from zoo.architectures import registry
from zoo.catalogue.entry import PATH, read, write


def test_what_is_written_is_read(tmp_path):
    entries = (ENTRY, entry(name="other", inflates="small", imagenet=False))
    path = write(entries, tmp_path / "networks.json")
    assert read(path) == entries


def test_another_form_is_an_error(tmp_path):
    path = tmp_path / "networks.json"
    path.write_text('[{"name": "small", "layers": 3}]', encoding="utf-8")
    with pytest.raises(DataError, match="unknown key 'layers'"):
        read(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_nothing_can_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="Measure in a checkout of your own"):
        write([ENTRY], tmp_path / "networks.json")


def test_a_refused_write_says_where_to_measure(tmp_path, monkeypatch):
    def refuse(path, text):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipelines.storage.atomic_files.write_text", refuse)
    with pytest.raises(UsageError, match="can't be written .Permission denied"):
        write([ENTRY], tmp_path / "networks.json")


def test_the_shipped_list_is_the_registry():
    """What is measured, a slow test holds equal to networks built anew."""
    stated = ("rank", "minimum_size", "reference", "inflates", "citation")
    shipped = {one.name: one for one in read(PATH)}
    assert list(shipped) == list(registry.ARCHITECTURES)
    for name, architecture in registry.ARCHITECTURES.items():
        for field in stated:
            assert getattr(shipped[name], field) == getattr(architecture, field), name
        assert shipped[name].imagenet == (architecture.imagenet is not None), name
