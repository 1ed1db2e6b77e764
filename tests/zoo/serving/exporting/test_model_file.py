import dataclasses
import hashlib
import json

import pytest

from tests.zoo.prediction import networks
from tests.zoo.serving.exporting import kinds
from zoo.runs import environment_file
from zoo.runs.run import Run
from zoo.serving.exporting import model_file
from zoo.serving.exporting.difference import Difference

PLACES = {"name": "liver", "version": 3, "precision": "float32", "figures": {"a": 1}}


def content(*runs, **changes):
    return json.loads(model_file.text(runs, **{**PLACES, **changes}))


def test_what_it_says_of_a_run(tmp_path):
    run = networks.run(tmp_path / "run")
    digest = hashlib.sha256(run.model_path.read_bytes()).hexdigest()
    described = content(run)
    (member,) = described["members"]
    assert member["architecture"] == "cnn3d"
    assert member["weights_sha256"] == digest
    assert "Fan et al." in member["citation"]
    assert described["spec"] == run.task.spec
    assert described["task"] == "small"
    assert described["channels"] == ["T2", "T1"]
    assert described["data_digest"] == "d"
    assert described["figures"] == {"a": 1}
    assert (described["format"], described["version"]) == (1, 3)
    assert described["use"] == "for research use; not a medical device"
    assert described["exported_with"]["packages"]["tensorflow"]


def test_what_each_target_answers(tmp_path):
    run = networks.run(tmp_path / "run", **kinds.SETTINGS["several"])
    answers = {answer["target"]: answer for answer in content(run)["answers"]}
    assert [*answers] == ["", "signs", "grade", "size"]
    assert answers[""]["names"] == ["no", "yes"]
    assert answers["grade"] == {
        "target": "grade",
        "kind": "ordinal",
        "output": "probabilities_grade",
        "names": ["G1", "G2", "G3"],
        "unit": "probability",
        "label": "label_grade",
    }
    assert answers["size"]["names"] == ["mm", "ml"]
    assert answers["size"]["unit"] == "that of the labels of the data set"
    assert "label" not in answers["size"]


def test_it_names_no_path_and_no_fold(tmp_path):
    path = networks.folds(tmp_path / "secret-place", 2)
    runs = [Run.open(path / f"fold-{number}") for number in range(2)]
    text = model_file.text(runs, **PLACES)
    assert len(json.loads(text)["members"]) == 2
    for word in ("secret-place", str(tmp_path), "fold-0", '"fold"'):
        assert word not in text


def test_differences_that_were_measured(tmp_path):
    measured = Difference(
        what="bfloat16", records=4, source="made-up records", largest={"a": 0.01}
    )
    run = networks.run(tmp_path / "run")
    assert content(run, differences=[measured])["differences"] == [
        {
            "what": "bfloat16",
            "records": 4,
            "source": "made-up records",
            "largest": {"a": 0.01},
        }
    ]


@pytest.mark.parametrize(
    ("published", "licence"),
    [("resnet18-f37072fd.pth", "BSD-3-Clause"), ("", "")],
)
def test_the_licence_of_published_weights(tmp_path, published, licence):
    made = networks.run(tmp_path / "run")
    weights = {"sha256": "f" * 64, "published": published}
    environment_file.edit(made.path / "environment.json", weights=weights)
    (member,) = content(Run.open(made.path))["members"]
    assert member["pretrained_weights"] == {**weights, "licence": licence}


def test_an_architecture_of_the_users_has_no_citation(tmp_path):
    run = networks.run(tmp_path / "run")
    other = dataclasses.replace(run.recipe, arch="network:build")
    (member,) = content(dataclasses.replace(run, recipe=other))["members"]
    assert member["architecture"] == "network:build"
    assert "citation" not in member
