"""What a viewer that shows the tree as text goes by."""

import dataclasses

import numpy as np
import pydicom
import pytest

from pipelines.tasks.target import Target
from tests.zoo.prediction.reports import phantom_studies
from tests.zoo.prediction.reports.test_structured_report import written
from zoo.prediction.reports import presentation

SIGNS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
AGE = Target(kind="regression", columns=("age",), name="age")


@pytest.fixture(scope="module")
def raw(study, tmp_path_factory):
    directory, task = study
    path = tmp_path_factory.mktemp("raw") / "report.dcm"
    written(path, directory, task, phantom_studies.classes(0.25, 0.75, task=task))
    return pydicom.dcmread(path)


def test_the_title_is_none_that_viewers_expect_regions_of(raw):
    (title,) = raw.ConceptNameCodeSequence
    assert title.CodeMeaning == "Research use only: network result"
    assert title.CodingSchemeDesignator == "99MVZ" and title.CodeValue != "126000"
    assert raw.ContentTemplateSequence[0].TemplateIdentifier == "1500"


def test_no_container_runs_its_items_together(raw):
    containers = [raw]
    for container in containers:
        assert container.ContinuityOfContent == "SEPARATE"
        containers += [
            item for item in container.ContentSequence if item.ValueType == "CONTAINER"
        ]
    assert len(containers) == 6  # report, library with two groups, measurements, group


def test_use_and_result_stand_before_the_list_of_images(raw):
    names = [i.ConceptNameCodeSequence[0].CodeMeaning for i in raw.ContentSequence]
    assert names[-4:] == [
        *("Comment", "Comment", "Image Library", "Imaging Measurements")
    ]
    assert raw.ContentSequence[-3].TextValue == (
        "phantom / label: solid (probabilities: ring 0.250, solid 0.750), by phantom "
        "(cnn3d)"
    )


def test_a_line_of_each_target_in_the_words_of_the_terminal(study):
    directory, task = study
    task = dataclasses.replace(task, target=SIGNS, further_targets=(AGE,))
    outputs = {
        "probabilities": np.array([0.75, 0.25], np.float32),
        "label": np.array([1, 0]),
        "predictions_age": np.array([61.5], np.float32),
    }
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    first, second = presentation.summary(prediction, facts, "phantom (cnn3d)")
    assert first == "phantom (probabilities: A 0.750, B 0.250), by phantom (cnn3d)"
    assert second == "phantom / age (predictions: age 61.5), by phantom (cnn3d)"


def test_an_unknown_study_is_not_given_a_class(study):
    directory, task = study
    outputs = phantom_studies.staged(0.4, 0.6, task=task, is_unknown=True)
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    (line,) = presentation.summary(prediction, facts, "phantom (cnn3d)")
    assert line.startswith("phantom / label: unknown (probabilities: ring 0.400")


def test_a_set_of_classes_stands_in_the_line_of_its_target(study):
    directory, task = study
    outputs = phantom_studies.staged(0.4, 0.6, task=task, inside=[True, True])
    prediction, facts = phantom_studies.predicted(directory, task, outputs)
    facts = dataclasses.replace(facts, set_level=0.9)
    (line,) = presentation.summary(prediction, facts, "phantom (cnn3d)")
    assert line == (
        "phantom / label: solid (probabilities: ring 0.400, solid 0.600), by phantom "
        "(cnn3d). In the prediction set, 90 % coverage of each class wanted: ring, "
        "solid"
    )
