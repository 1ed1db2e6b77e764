import subprocess

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import promotion, registration


def test_the_first_version_is_stable(tmp_path):
    assert roots.export(tmp_path, "liver", 1) == "stable"
    assert roots.served(tmp_path, "liver") == ([1], {"stable": 1})


def test_later_ones_are_canary(tmp_path):
    for version in (1, 2, 3):
        label = roots.export(tmp_path, "liver", version)
    assert label == "canary"
    assert roots.served(tmp_path, "liver") == ([1, 3], {"stable": 1, "canary": 3})


def test_models_do_not_meet(tmp_path):
    roots.export(tmp_path, "liver", 1)
    assert roots.export(tmp_path, "heart", 7) == "stable"
    assert roots.served(tmp_path, "liver") == ([1], {"stable": 1})
    assert roots.served(tmp_path, "heart") == ([7], {"stable": 7})


def test_a_version_that_has_a_label_keeps_it(tmp_path):
    roots.export(tmp_path, "liver", 1)
    assert registration.register(tmp_path, "liver", 1) == "stable"
    assert roots.served(tmp_path, "liver") == ([1], {"stable": 1})


def test_what_was_stable_before_stays_loaded(tmp_path):
    for version in (1, 2):
        roots.export(tmp_path, "liver", version)
    promotion.promote(tmp_path, "liver", 2, "stable")
    roots.export(tmp_path, "liver", 3)
    assert roots.served(tmp_path, "liver")[0] == [1, 2, 3]


def test_no_such_version(tmp_path):
    with pytest.raises(UsageError, match="no model named liver"):
        registration.register(tmp_path, "liver", 1)
    assert not list(tmp_path.iterdir())


def test_a_version_that_is_not_whole(tmp_path):
    (tmp_path / "liver" / "1").mkdir(parents=True)
    with pytest.raises(DataError, match="not whole"):
        registration.register(tmp_path, "liver", 1)
    assert not (tmp_path / "models.config").exists()


def test_git_sees_nothing_of_it(tmp_path):
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c")
    root = tmp_path / "saved_models"
    roots.export(root, "liver", 1)
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "the root"], check=True)
    tracked = subprocess.check_output([*git, "ls-files"], encoding="utf-8").split()
    assert tracked == ["saved_models/.gitignore", "saved_models/README.md"]
    roots.export(root, "liver", 2)
    promotion.promote(root, "liver", 2, "stable")
    promotion.rollback(root, "liver")
    assert not subprocess.check_output(
        [*git, "status", "--porcelain"], encoding="utf-8"
    )
