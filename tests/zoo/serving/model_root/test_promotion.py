import json

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import models_config, promotion


@pytest.fixture
def root(tmp_path):
    for version in (1, 2, 3):
        roots.export(tmp_path, "liver", version)
    roots.export(tmp_path, "heart", 1)
    return tmp_path


def test_a_label_moves(root):
    promotion.promote(root, "liver", 2, "canary")
    assert roots.served(root, "liver") == ([1, 2], {"stable": 1, "canary": 2})
    assert roots.served(root, "heart") == ([1], {"stable": 1})


def test_stable_leaves_the_version_before_loaded(root):
    promotion.promote(root, "liver", 3, "stable")
    assert roots.served(root, "liver") == ([1, 3], {"stable": 3, "canary": 3})
    promotion.promote(root, "liver", 2, "stable")
    assert roots.served(root, "liver") == ([2, 3], {"stable": 2, "canary": 3})


def test_rollback_goes_back_step_by_step(root):
    promotion.promote(root, "liver", 2, "stable")
    promotion.promote(root, "liver", 3, "stable")
    assert promotion.rollback(root, "liver") == 2
    assert roots.served(root, "liver") == ([1, 2, 3], {"stable": 2, "canary": 3})
    assert promotion.rollback(root, "liver") == 1
    assert roots.served(root, "liver") == ([1, 3], {"stable": 1, "canary": 3})
    with pytest.raises(UsageError, match="liver has nothing to roll back to"):
        promotion.rollback(root, "liver")


def test_after_a_rollback_the_next_one_goes_back_to_the_same(root):
    promotion.promote(root, "liver", 2, "stable")
    promotion.rollback(root, "liver")
    promotion.promote(root, "liver", 3, "stable")
    assert promotion.rollback(root, "liver") == 1


def test_the_same_version_again_is_no_step(root):
    promotion.promote(root, "liver", 2, "stable")
    promotion.promote(root, "liver", 2, "stable")
    assert promotion.rollback(root, "liver") == 1


def test_a_process_that_ended_between_its_two_files_did_no_step(root):
    promotion.promote(root, "liver", 2, "stable")
    history = {"stable_before": [1, 2]}  # as a promotion of 3 writes it first
    (root / "liver" / "labels.json").write_text(json.dumps(history), encoding="utf-8")
    assert promotion.rollback(root, "liver") == 1


def test_stable_moved_by_hand_is_what_it_goes_back_to(root):
    with models_config.changing(root) as config:
        models_config.entry(config, "liver").version_labels["stable"] = 2
    promotion.promote(root, "liver", 3, "stable")
    assert promotion.rollback(root, "liver") == 2


def test_versions_that_a_hand_named_stay_loaded(root):
    roots.add(root, "liver", 9)
    with models_config.changing(root) as config:
        model = models_config.entry(config, "liver")
        model.model_version_policy.specific.versions.append(9)
        model.version_labels["study"] = 2
    promotion.promote(root, "liver", 3, "stable")
    assert roots.served(root, "liver")[0] == [1, 2, 3, 9]


def test_all_versions_stay_all(root):
    with models_config.changing(root) as config:
        models_config.entry(config, "liver").model_version_policy.all.SetInParent()
    promotion.promote(root, "liver", 3, "stable")
    policy = models_config.entry(models_config.read(root), "liver").model_version_policy
    assert policy.WhichOneof("policy_choice") == "all"


def test_latest_gives_way_to_the_labelled_versions(root):
    with models_config.changing(root) as config:
        models_config.entry(
            config, "liver"
        ).model_version_policy.latest.num_versions = 1
    promotion.promote(root, "liver", 2, "stable")
    assert roots.served(root, "liver")[0] == [1, 2, 3]


def test_no_such_label(root):
    with pytest.raises(UsageError, match="stable or canary. Received: best"):
        promotion.promote(root, "liver", 1, "best")


def test_no_such_version(root):
    with pytest.raises(UsageError, match="liver has no version 9. It has 1, 2, 3"):
        promotion.promote(root, "liver", 9, "stable")


def test_a_version_that_is_not_whole(root):
    (root / "liver" / "2" / "saved_model.pb").unlink()
    with pytest.raises(DataError, match="version 2 of liver is not whole"):
        promotion.promote(root, "liver", 2, "stable")
    assert roots.served(root, "liver") == ([1, 3], {"stable": 1, "canary": 3})


def test_nothing_was_stable_before(root):
    with pytest.raises(UsageError, match="no version was stable before 1. Name one"):
        promotion.rollback(root, "heart")


def test_no_such_model_to_roll_back(root):
    with pytest.raises(UsageError, match="no model named lung. It serves liver, heart"):
        promotion.rollback(root, "lung")


def test_the_version_before_is_gone(root):
    promotion.promote(root, "liver", 2, "stable")
    (root / "liver" / "1" / "saved_model.pb").unlink()
    (root / "liver" / "1").rmdir()
    with pytest.raises(UsageError, match="liver has no version 1. It has 2, 3"):
        promotion.rollback(root, "liver")


@pytest.mark.parametrize("text", ["{", "[]", '{"stable_before": ["a"]}', "{}"])
def test_a_damaged_history(text, root):
    (root / "liver" / "labels.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="labels.json can't be read.*Remove it"):
        promotion.rollback(root, "liver")
