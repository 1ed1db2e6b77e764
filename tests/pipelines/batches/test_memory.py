import os
from types import SimpleNamespace

from pipelines.batches import memory


def test_the_budget_is_a_quarter_of_what_there_is(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", (limit, tmp_path / "absent"))
    whole = memory.budget_bytes()
    limit.write_text("max\n")
    assert memory.budget_bytes() == whole > 0
    limit.write_text("4000\n")
    assert memory.budget_bytes() == 1000


def test_a_system_that_does_not_tell_gets_a_fixed_budget(monkeypatch):
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", ())
    monkeypatch.setattr(memory, "_physical_bytes", lambda: None)
    assert memory.budget_bytes() == 2 * 2**30


def kept_pages(monkeypatch, **environment):
    """What malloc is told, in an environment without words of its own on it."""
    told = []
    library = SimpleNamespace(mallopt=lambda *setting: told.append(setting))
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    memory.keep_freed_pages()
    return told


def test_malloc_keeps_what_tensors_free(monkeypatch):
    monkeypatch.setattr(memory.platform, "libc_ver", lambda: ("glibc", "2.36"))
    mapped, kept, ahead = -3, -1, -2
    assert kept_pages(monkeypatch) == [(mapped, 2**25), (kept, 2**29), (ahead, 2**26)]


def test_what_the_environment_says_of_malloc_stays(monkeypatch):
    assert kept_pages(monkeypatch, MALLOC_TRIM_THRESHOLD_="1") == []


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory.platform, "libc_ver", lambda: ("", ""))
    assert kept_pages(monkeypatch) == []
