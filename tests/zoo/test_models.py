import json
import subprocess
import sys

import pytest

from pipelines import command
from zoo import models
from zoo.architectures import registry
from zoo.catalogue.entry import PATH, read


def run(*arguments):
    return command.run(models.main, [str(argument) for argument in arguments])


def test_all_networks(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(registry.ARCHITECTURES)]] == [
        *registry.ARCHITECTURES
    ]


@pytest.mark.parametrize(
    ("asked", "named"),
    [([], "zoo.models NAME"), (["cnn3d"], "zoo.train --arch cnn3d --data DATASET")],
)
def test_the_next_command(asked, named, capsys):
    assert run(*asked, "--json") == 0
    assert capsys.readouterr().err == f"next: python -m {named}\n"


def test_all_as_json(capsys):
    assert run("--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["name"] for one in found} == set(registry.ARCHITECTURES)
    assert all(one["parameters"] and one["citation"] for one in found)


def test_one_network(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run("cnn3d") == 0
    printed = capsys.readouterr().out
    assert "convolution1" in printed
    assert "input          64x128x128x1" in printed


def test_one_at_another_shape_as_json(capsys):
    assert run("cnn3d", "--shape", 16, 17, 24, 2, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["input_shape"] == [16, 17, 24, 2]
    assert found["feature_map"] == [2, 2, 3, 128]


def test_a_network_of_ones_own(tmp_path, capsys, monkeypatch):
    (tmp_path / "ownnet.py").write_text(
        "import keras\n"
        "def build(input_shape, rank=2, seed=0):\n"
        "    inputs = keras.Input(input_shape)\n"
        "    x = keras.layers.Conv2D(3, 3, name='mine')(inputs)\n"
        "    return keras.Model(inputs, x)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert run("ownnet:build", "--shape", 8, 8, 1) == 0
    assert "mine" in capsys.readouterr().out


def test_an_unknown_name_lists_the_names(capsys):
    assert run("vgg") == 2
    assert "no architecture named 'vgg'. Choose one of" in capsys.readouterr().err


def test_too_small_a_shape(capsys):
    assert run("cnn3d", "--shape", 4, 8, 8, 1) == 2
    assert "at least 8 voxels" in capsys.readouterr().err


def test_a_shape_goes_with_a_name(capsys):
    assert run("--shape", 4, 8, 8, 1) == 2
    assert "--shape goes with the NAME" in capsys.readouterr().err


def test_measuring_takes_nothing_else(capsys):
    assert run("cnn3d", "--measure") == 2
    assert "takes nothing else" in capsys.readouterr().err


def test_measuring_writes_the_list(tmp_path, capsys, monkeypatch):
    cheap = {"cnn3d": registry.ARCHITECTURES["cnn3d"]}
    monkeypatch.setattr(registry, "ARCHITECTURES", cheap)
    monkeypatch.setattr("zoo.catalogue.entry.PATH", tmp_path / "networks.json")
    assert run("--measure") == 0
    printed = capsys.readouterr().out.strip()
    assert printed == str(tmp_path / "networks.json")
    assert read(tmp_path / "networks.json") == tuple(
        one for one in read(PATH) if one.name == "cnn3d"
    )


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--help"]])
def test_the_list_does_without_keras(arguments):
    code = (
        "import sys; from zoo import models\n"
        "try: models.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit(bool({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8"
    )
    assert finished.returncode == 0, finished.stderr
    assert "inception" in finished.stdout or arguments == ["--help"]
