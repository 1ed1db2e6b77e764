import pytest

from pipelines import command
from tests.zoo.serving.model_root import roots
from zoo import promote


@pytest.fixture
def root(tmp_path):
    for version in (1, 2):
        roots.export(tmp_path, "liver", version)
    return tmp_path


def ended(root, line):
    return command.run(promote.main, [*line.split(), "--root", str(root)])


def test_there_and_back(root, capsys):
    assert ended(root, "liver 2 --label stable") == 0
    assert roots.served(root, "liver")[1] == {"stable": 2, "canary": 2}
    assert ended(root, "liver --rollback") == 0
    assert roots.served(root, "liver")[1] == {"stable": 1, "canary": 2}
    shown = capsys.readouterr()
    assert shown.out == "liver/2: stable\nliver/1: stable\n"
    assert shown.err.splitlines()[-1] == (
        "next: python -m zoo.predict --endpoint URL --model liver --label stable "
        "--dicom DIR"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("liver --label stable", "--label stable wants a VERSION"),
        ("liver 1 --rollback", "--rollback takes no VERSION"),
        ("liver --rollback", "nothing to roll back to"),
        ("heart 1 --label canary", "no model named heart"),
    ],
)
def test_wrong_usage(line, message, root, capsys):
    assert ended(root, line) == 2
    assert message in capsys.readouterr().err
    assert roots.served(root, "liver")[1] == {"stable": 1, "canary": 2}


def test_a_version_that_is_not_whole(root, capsys):
    (root / "liver" / "2" / "saved_model.pb").unlink()
    assert ended(root, "liver 2 --label stable") == 1
    assert "is not whole" in capsys.readouterr().err
