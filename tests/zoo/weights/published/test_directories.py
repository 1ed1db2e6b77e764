import os
from pathlib import Path

from zoo.weights.published import directories


def test_the_directories_that_the_variable_names(monkeypatch):
    monkeypatch.setenv("ZOO_WEIGHTS", os.pathsep.join(["/one", "", "/two"]))
    assert directories.directories() == (Path("/one"), Path("/two"))


def test_the_cache(monkeypatch):
    monkeypatch.delenv("ZOO_WEIGHTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert directories.directories() == (Path("/caches/mri-volume-zoo/weights"),)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/of")
    assert directories.directories() == (
        Path("/home/of/.cache/mri-volume-zoo/weights"),
    )
