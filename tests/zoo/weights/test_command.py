import re
import subprocess
import sys

import pytest

from pipelines import command
from tests.zoo.weights.published.server import Faulty, serving
from tests.zoo.weights.published.test_cache import CONTENT, declared
from tests.zoo.weights.test_convert import published  # noqa: F401
from zoo.weights import __main__ as weights
from zoo.weights.published import sources
from zoo.weights.published import table as checksum_table


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


def test_fetch_prints_the_path_last(folder, monkeypatch, capsys):
    with serving(Faulty(content=CONTENT)) as server:
        source = declared(server.address)
        monkeypatch.setitem(sources.SOURCES, "resnet18", (source,))
        assert command.run(weights.main, ["fetch", "resnet18"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == str(folder / "weights.npz")
    assert shown.err.splitlines()[-1] == (
        "next: python -m zoo.train --arch resnet18 --weights imagenet --data DATASET"
    )
    assert (folder / "weights.npz").read_bytes() == CONTENT


def test_convert_prints_the_path_last(published, capsys):  # noqa: F811
    argv = ["convert", str(published), "--arch", "cnn3d"]
    assert command.run(weights.main, argv) == 0
    written = published.with_suffix(".zoo.safetensors")
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == str(written)
    assert shown.err.splitlines()[-1] == (
        f"next: python -m zoo.train --arch cnn3d --weights {written} --data DATASET"
    )
    assert command.run(weights.main, argv) == 2
    assert "exists. Choose another --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (["fetch", "cnn3d"], 2, "no ImageNet weights for cnn3d"),
        (["fetch", "nonsense"], 2, "no architecture named 'nonsense'"),
        (
            ["convert", "nowhere.npz", "--arch", "cnn3d"],
            2,
            "nowhere.npz does not exist",
        ),
        (["convert", "nowhere.bin", "--arch", "cnn3d"], 2, "ends in .npz"),
        (
            ["convert", "nowhere.npz", "--arch", "cnn3d", "--out", "/dev/null/x"],
            2,
            "--out /dev/null/x can't be made: /dev/null is no directory",
        ),
        (["convert", "nowhere.npz", "--arch", "nonsense"], 2, "no architecture named"),
    ],
)
def test_wrong_calls_say_what_is_wrong(argv, code, message, capsys):
    assert command.run(weights.main, argv) == code
    assert re.search(message, capsys.readouterr().err)


def test_the_table_says_what_is_declared_and_what_is_here(folder, capsys):
    folder.mkdir()
    (folder / "bvlc_googlenet.caffemodel").write_bytes(b"")
    assert command.run(weights.main, ["list"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "next: python -m zoo.weights fetch NAME\n"
    lines = shown.out.splitlines()
    assert re.split(r"\s{2,}", lines[0]) == [
        *("NAME", "FILE", "FORMAT", "TOP-1", "LICENCE", "HERE")
    ]
    rows = [re.split(r"\s{2,}", line) for line in lines[1:]]
    assert len(rows) == sum(map(len, sources.SOURCES.values()))
    here = {row[1]: row[-1] for row in rows}
    assert here["bvlc_googlenet.caffemodel"] == "yes"
    assert here["googlenet_bvlc_keras_layout_fp32.npz"] == "no, by hand"
    assert here["resnet18-f37072fd.pth"] == "no"


def test_an_accuracy_that_is_not_published():
    line = checksum_table.text({"x": (declared(),)}).splitlines()[1]
    assert re.split(r"\s{2,}", line) == [
        *("x", "weights.npz", "npz", "-", "MIT", "no, by hand")
    ]


@pytest.mark.parametrize("argv", [["--help"], ["fetch", "--help"], []])
def test_help(argv, capsys):
    with pytest.raises(SystemExit) as left:
        weights.main(argv)
    assert left.value.code == (0 if argv else 2)
    shown = capsys.readouterr()
    assert "usage: python -m zoo.weights" in shown.out + shown.err
    assert ("examples:" in shown.out) == (argv == ["--help"])


def test_the_module_runs_and_its_list_loads_no_tensorflow():
    code = (
        "import sys, runpy\n"
        "sys.argv = ['zoo.weights', 'list']\n"
        "try:\n"
        "    runpy.run_module('zoo.weights', run_name='__main__')\n"
        "except SystemExit as left:\n"
        "    assert not left.code\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'heavy import'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
