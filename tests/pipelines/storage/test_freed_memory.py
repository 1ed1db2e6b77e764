import os
from types import SimpleNamespace

import pytest

from pipelines.storage import freed_memory


def settings(monkeypatch, **environment):
    """What malloc is told, in an environment without words of its own on it."""
    told = []
    library = SimpleNamespace(mallopt=lambda *setting: told.append(setting))
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(freed_memory.ctypes, "CDLL", lambda name: library)
    freed_memory.keep(1000)
    return told


def test_malloc_keeps_what_is_freed(monkeypatch):
    monkeypatch.setattr(os, "confstr", lambda name: "glibc 2.36")
    mapped, kept, ahead = -3, -1, -2
    assert settings(monkeypatch) == [(mapped, 2**25), (kept, 1000), (ahead, 2**26)]


def test_what_the_environment_says_of_malloc_stays(monkeypatch):
    assert settings(monkeypatch, MALLOC_TRIM_THRESHOLD_="1") == []


def unknown(name):
    raise ValueError(name)


@pytest.mark.parametrize("confstr", [unknown, lambda name: None])
def test_another_c_library_is_left_alone(monkeypatch, confstr):
    monkeypatch.setattr(os, "confstr", confstr)
    assert settings(monkeypatch) == []
