import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.weights.published.server import Faulty, serving
from zoo.weights.published import cache, checksum, download
from zoo.weights.published.source import Source

CONTENT = os.urandom(2**20)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(download, "_FIRST_WAIT_SECONDS", 0.01)
    return tmp_path / "weights"


@pytest.fixture
def server():
    with serving(Faulty(content=CONTENT)) as state:
        yield state


def declared(url="", digits=SHA256, name="weights.npz", kind="npz", **changes):
    values = {"checksum": f"sha256:{digits}", "licence": "MIT", "content": "noise"}
    return Source(file_name=name, url=url, format=kind, **values | changes)


def written(folder, name="weights.npz", content=CONTENT):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_fetches_what_is_not_here_and_leaves_nothing_else(folder, server):
    found = cache.obtain([declared(server.address)])
    assert found.path == folder / "weights.npz"
    assert found.path.read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["weights.npz"]


def test_what_is_here_is_not_fetched(folder, server):
    written(folder)
    cache.obtain([declared(server.address)])
    assert not server.requests


def test_any_directory_of_zoo_weights_will_do(folder, tmp_path, monkeypatch):
    second = written(tmp_path / "second")
    both = os.pathsep.join([str(folder), str(second.parent)])
    monkeypatch.setenv("ZOO_WEIGHTS", both)
    assert cache.obtain([declared()]).path == second


def test_a_file_that_is_here_goes_before_one_to_be_fetched(folder, server):
    path = written(folder, "other.npz")
    sources = [declared(server.address), declared(name="other.npz")]
    assert cache.obtain(sources).path == path


def test_wrong_bytes_are_discarded(folder, server):
    server.content = CONTENT[:-1] + b"x"
    with pytest.raises(DataError, match="another file than its publisher states"):
        cache.obtain([declared(server.address)])
    assert not list(folder.iterdir())


def test_a_whole_part_needs_only_its_name(folder, server):
    written(folder, "weights.npz.part")
    cache.obtain([declared(server.address)])
    assert not server.requests


def test_another_file_in_its_place(folder):
    path = written(folder, content=b"other")
    with pytest.raises(DataError, match="not the file that its publisher states"):
        cache.obtain([declared()])
    assert path.is_file(), "a user's file is not deleted"


def test_a_checksum_at_an_address_is_kept_beside(folder, server):
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\n"
    server.others["/pointer"] = pointer
    address = server.address.replace("weights.bin", "pointer")
    source = declared(server.address, checksum="sha256-at:https://host/pointer")
    with pytest.MonkeyPatch.context() as patched:
        read = download.read_text
        patched.setattr(download, "read_text", lambda url: read(address))
        found = cache.obtain([source])
    assert checksum.beside(found.path).read_text(encoding="utf-8").strip() == SHA256
    assert cache.obtain([source]).path == found.path
    found.path.write_bytes(b"other")
    with pytest.raises(DataError, match="not the file that its publisher states"):
        cache.obtain([source])


def test_parallel_jobs_fetch_once(folder, server):
    threads = [
        threading.Thread(target=cache.obtain, args=([declared(server.address)],))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 1
    assert (folder / "weights.npz").read_bytes() == CONTENT


def test_parallel_processes_fetch_once(folder, server):
    code = (
        "import sys\n"
        "from zoo.weights.published import cache\n"
        "from zoo.weights.published.source import Source\n"
        f"cache.obtain([Source(file_name='w.npz', url={server.address!r}, "
        f"checksum='sha256:{SHA256}', licence='MIT', format='npz', content='noise')])"
    )
    root = Path(__file__).resolve().parents[4]
    jobs = [subprocess.Popen([sys.executable, "-c", code], cwd=root) for _ in range(2)]
    assert [job.wait() for job in jobs] == [0, 0]
    assert len(server.requests) == 1


def test_offline_the_error_says_what_to_put_where(folder):
    source = declared("http://127.0.0.1:9/weights.npz")
    with pytest.raises(DataError, match="can't be fetched") as raised:
        cache.obtain([source])
    for part in (
        f"Put one of these into {folder}, or name the directory",
        "weights.npz, from http://127.0.0.1:9/weights.npz (noise; sha256:",
        SHA256,
    ):
        assert part in str(raised.value)


def test_what_has_no_address_is_brought_by_hand(folder):
    with pytest.raises(DataError, match="at no address to fetch them from. Put one"):
        cache.obtain([declared()])


def test_a_named_place_is_the_only_one(folder, server, tmp_path):
    written(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no ImageNet weights at .*empty. Put there"):
        cache.obtain([declared(server.address)], tmp_path / "empty")
    assert not server.requests


def test_a_named_file_is_told_by_its_name_or_its_ending(tmp_path):
    sources = [declared(name="a.npz"), declared(name="b.npz"), declared(name="c.h5")]
    for name, of in (("b.npz", "b.npz"), ("mine.npz", "a.npz"), ("mine.h5", "c.h5")):
        found = cache.obtain(sources, written(tmp_path, name))
        assert found.source.file_name == of
    with pytest.raises(UsageError, match="mine.pth is none of the published files"):
        cache.obtain(sources, written(tmp_path, "mine.pth"))


def test_files_of_pytorch_come_last_without_it(folder, monkeypatch):
    written(folder, "a.pth")
    written(folder, "b.npz")
    sources = [declared(name="a.pth", kind="torch"), declared(name="b.npz")]
    monkeypatch.setattr(cache.importlib.util, "find_spec", lambda name: None)
    assert cache.obtain(sources).source.file_name == "b.npz"
    monkeypatch.setattr(cache.importlib.util, "find_spec", lambda name: object())
    assert cache.obtain(sources).source.file_name == "a.pth"


def test_a_directory_that_cannot_be_written(tmp_path, monkeypatch, server):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "file"))
    with pytest.raises(DataError, match="Put one of these into"):
        cache.obtain([declared(server.address)])
