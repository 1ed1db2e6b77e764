"""Dataclasses from TOML and back; every fault is told with its place."""

import json
from dataclasses import dataclass, field
from typing import Literal

import pytest

from pipelines.errors import DataError
from pipelines.storage.config_files import build, digest, load_toml, plain, to_toml


@dataclass(frozen=True, kw_only=True)
class Inner:
    size: tuple[int, int] = (1, 2)
    kind: Literal["big", "small"] = "big"

    def __post_init__(self):
        if self.size[0] > self.size[1]:
            raise ValueError(f"size goes up. Received: {self.size}")


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: str
    share: float = 0.5
    count: int = 1
    on: bool = False
    words: tuple[str, ...] = ()
    inner: Inner = field(default_factory=Inner)
    several: tuple[Inner, ...] = ()
    maybe: tuple[float, float] | None = None


FULL = Outer(
    name="ä",
    share=1.0,
    words=("a",),
    several=(Inner(), Inner(size=(3, 4))),
    maybe=(0, 1),
)


def test_round_trips(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(to_toml(FULL), encoding="utf-8")
    assert load_toml(Outer, path) == FULL
    assert build(Outer, json.loads(json.dumps(plain(FULL))), name="x") == FULL
    assert "maybe" not in plain(Outer(name="x"))


def test_whole_numbers_do_for_real_ones():
    share = build(Outer, {"name": "x", "share": 1}, name="x").share
    assert share == 1.0 and isinstance(share, float)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, r"x\.name: this key is missing"),
        (
            {"name": "x", "shar": 1},
            r"x: unknown key 'shar' \(did you mean 'share'\?\); the keys here are "
            "name, share, count, on, words, inner, several, maybe",
        ),
        ({"name": "x", "inner": {"zzz": 1}}, "x.inner: unknown key 'zzz'; the keys"),
        ({"name": 1}, "x.name: expected str. Received: 1"),
        ({"name": "x", "share": "1"}, "x.share: expected float. Received: '1'"),
        ({"name": "x", "share": True}, "x.share: expected float. Received: True"),
        ({"name": "x", "count": 1.5}, "x.count: expected int. Received: 1.5"),
        ({"name": "x", "on": 1}, "x.on: expected bool. Received: 1"),
        ({"name": "x", "words": "abc"}, "x.words: expected a list .*Received: 'abc'"),
        ({"name": "x", "words": {"a": 1}}, "x.words: expected a list"),
        ({"name": "x", "words": ["a", 2]}, r"x.words\[1\]: expected str. Received: 2"),
        ({"name": "x", "inner": 5}, "x.inner: expected a table of keys. Received: 5"),
        (
            {"name": "x", "inner": {"kind": "huge"}},
            "x.inner.kind: expected one of 'big', 'small'. Received: 'huge'",
        ),
        (
            {"name": "x", "inner": {"size": [1]}},
            r"x.inner.size: expected 2 values. Received: \[1\]",
        ),
        (
            {"name": "x", "several": [{}, {"size": [2, 1]}]},
            r"x.several\[1\]: size goes up. Received: \(2, 1\)",
        ),
        ({"name": "x", "maybe": [1, 2, 3]}, "x.maybe: expected 2 values"),
    ],
)
def test_a_fault_is_told_with_its_place(fields, message):
    with pytest.raises(DataError, match=message):
        build(Outer, fields, name="x")


def test_all_faults_are_told_at_once():
    with pytest.raises(DataError, match="x.name: .*; x.share: .*; x.count: "):
        build(Outer, {"share": "", "count": ""}, name="x")


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "x.toml"
    with pytest.raises(DataError, match="x.toml does not exist"):
        load_toml(Outer, path)
    with pytest.raises(DataError, match="can't be read: Is a directory"):
        load_toml(Outer, tmp_path)
    path.write_text("name = ?", encoding="utf-8")
    with pytest.raises(DataError, match="x.toml is not TOML: .*line 1"):
        load_toml(Outer, path)
    path.write_text('name = "x"\n\nname = "y"', encoding="utf-8")
    twice = "x.toml is not TOML: the key name is given twice, in the lines 1 and 3"
    with pytest.raises(DataError, match=twice):
        load_toml(Outer, path)
    path.write_bytes('name = "ü"'.encode("latin-1"))
    with pytest.raises(DataError, match="x.toml is not UTF-8 text"):
        load_toml(Outer, path)
    path.write_text("name = 1", encoding="utf-8")
    with pytest.raises(DataError, match="x.toml.name: expected str"):
        load_toml(Outer, path)


def test_a_byte_order_mark_does_not_matter(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('name = "x"', encoding="utf-8-sig")
    assert load_toml(Outer, path).name == "x"


def test_digests_tell_values_apart():
    assert digest(FULL) == digest(plain(FULL)) == digest(FULL)
    assert digest(FULL) != digest(Outer(name="x"))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len(digest(FULL)) == 16
