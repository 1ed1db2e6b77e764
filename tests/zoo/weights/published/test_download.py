import os

import pytest

from pipelines.errors import DataError
from tests.zoo.weights.published.server import Faulty, serving
from zoo.weights.published import download

CONTENT = os.urandom(3 * 2**20 + 17)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(download, "_FIRST_WAIT_SECONDS", 0.01)


@pytest.fixture
def server():
    with serving(Faulty(content=CONTENT)) as state:
        yield state


@pytest.fixture
def part(tmp_path):
    return tmp_path / "weights.bin.part"


def fetch(server, part):
    download.fetch(server.address, part)


def test_the_whole_file(server, part):
    fetch(server, part)
    assert part.read_bytes() == CONTENT
    assert "Range" not in server.requests[0]


def test_a_cut_connection_is_gone_on_with(server, part):
    server.cuts = [2**20, 5000]
    fetch(server, part)
    assert part.read_bytes() == CONTENT
    asked = [r.get("Range") for r in server.requests]
    assert asked == [None, f"bytes={2**20}-", f"bytes={2**20 + 5000}-"]
    assert server.requests[1]["If-Range"] == '"one"'


def test_a_later_call_goes_on_too(server, part):
    server.cuts = [1000]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(download, "_ATTEMPTS", 1)
        with pytest.raises(DataError, match="1000 of 3145745 bytes came"):
            fetch(server, part)
    fetch(server, part)
    assert part.read_bytes() == CONTENT
    assert server.requests[1]["Range"] == "bytes=1000-"


def test_another_version_on_the_server_begins_anew(server, part):
    server.cuts = [1000]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(download, "_ATTEMPTS", 1)
        with pytest.raises(DataError):
            fetch(server, part)
    server.content, server.etag = CONTENT[::-1], '"two"'
    fetch(server, part)
    assert part.read_bytes() == CONTENT[::-1]


def test_a_server_that_ignores_range_begins_anew(server, part):
    server.cuts, server.ranges = [1000], False
    fetch(server, part)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_mark_of_the_version_it_begins_anew(server, part, etag):
    server.cuts, server.etag = [1000], etag
    fetch(server, part)
    assert part.read_bytes() == CONTENT
    assert all("Range" not in request for request in server.requests)


def test_a_whole_part_that_was_not_renamed_is_fetched_anew(server, part):
    fetch(server, part)
    fetch(server, part)
    assert part.read_bytes() == CONTENT
    assert [r.get("Range") for r in server.requests] == [
        None,
        f"bytes={len(CONTENT)}-",
        None,
    ]


def test_a_passing_fault_is_tried_again(server, part):
    server.codes = [503, 429]
    fetch(server, part)
    assert part.read_bytes() == CONTENT


def test_a_refusal_is_final(server, part):
    server.codes = [404]
    with pytest.raises(DataError, match="can't be fetched: the server answers 404"):
        fetch(server, part)
    assert len(server.requests) == 1


def test_a_lasting_fault_ends_after_four_attempts(server, part):
    server.codes = [500] * 9
    with pytest.raises(DataError, match="the server answers 500"):
        fetch(server, part)
    assert len(server.requests) == 4


def test_no_server(part):
    with pytest.raises(DataError, match="127.0.0.1:9/x can't be fetched"):
        download.fetch("http://127.0.0.1:9/x", part)
    with pytest.raises(DataError, match="127.0.0.1:9/x can't be fetched"):
        download.read_text("http://127.0.0.1:9/x")


def test_discard(server, part):
    fetch(server, part)
    download.discard(part)
    assert not list(part.parent.iterdir())
