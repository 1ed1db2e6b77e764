import dataclasses

import matplotlib.figure
import numpy as np
import pytest

from pipelines.figures import raster
from pipelines.tasks.target import Target
from tests.zoo.prediction.reports import phantom_studies
from tests.zoo.prediction.reports.test_structured_report import made
from zoo.prediction.reports import wording
from zoo.prediction.reports.picture import picture


@pytest.fixture
def texts(monkeypatch):
    """What figures say; they are drawn all the same."""
    said = []

    def pixels(figure, **options):
        found = figure.findobj(matplotlib.text.Text)
        said.extend(text.get_text() for text in found if text.get_text())
        return drawn(figure, **options)

    drawn = raster.pixels
    monkeypatch.setattr(raster, "pixels", pixels)
    return said


def draw(directory, task, outputs, **changes):
    prediction, facts = phantom_studies.predicted(directory, task, outputs, **changes)
    return picture(prediction, prediction.kept, facts, made())


def test_class_probability_use_and_slices(study, texts):
    directory, task = study
    pixels = draw(directory, task, phantom_studies.classes(0.25, 0.75, task=task))
    assert pixels.shape[1:] == (1000, 3) and pixels.dtype == np.uint8
    said = "\n".join(texts)
    assert "phantom / label: solid" in said
    assert "probabilities: ring 0.250, solid 0.750" in said
    assert wording.USE in texts  # a line of its own, above all
    assert wording.STATEMENT.split(". ")[1] in said and "T1WI" in said
    assert "T2WI" in said and wording.GRID in said
    assert sum(text.endswith("/8") for text in texts) == 12  # two channels, six slices
    assert len({*pixels.reshape(-1, 3).sum(1).tolist()}) > 50  # shades of grey


def test_a_further_target_is_named_once(study, texts):
    directory, task = study
    grades = Target(
        kind="ordinal", columns=("grade",), classes=("F0", "F1"), name="stage"
    )
    task = dataclasses.replace(task, further_targets=(grades,))
    outputs = phantom_studies.classes(0.25, 0.75, task=task) | {
        "probabilities_stage": np.array([0.75, 0.25], np.float32),
        "label_stage": np.array("F0"),
    }
    draw(directory, task, outputs)
    assert "phantom / stage: F0" in texts


def test_nothing_names_the_patient(study, texts):
    directory, task = study
    draw(directory, task, phantom_studies.classes(0.25, 0.75, task=task))
    said = "\n".join(texts)
    assert "PHANTOM-" not in said and "Invented" not in said and "2.25." not in said


def test_an_unknown_study_is_unknown(study, texts):
    directory, task = study
    outputs = phantom_studies.staged(0.4, 0.6, task=task, is_unknown=True)
    draw(directory, task, outputs)
    assert "phantom / label: unknown" in texts


def test_any_script_and_many_classes_have_room(study, texts, capsys):
    directory, task = study
    classes = tuple(f"Größe {number} 大小, mit einem Namen" for number in range(60))
    task = dataclasses.replace(
        task, target=dataclasses.replace(task.target, classes=classes)
    )
    outputs = phantom_studies.classes(*np.full(60, 1 / 60), task=task)
    pixels = draw(directory, task, outputs)
    assert any("all of them are in the report" in text for text in texts)
    assert len(pixels) < 1200
    assert "phantom / label: Größe 0 大小, mit einem Namen" in texts


def test_the_set_of_classes_and_what_it_is_worth_of_an_unknown_study(study, texts):
    directory, task = study
    outputs = phantom_studies.staged(0.4, 0.6, task=task, inside=[True, True])
    stage = {"has_last_stage": True, "set_level": 0.9}
    draw(directory, task, outputs, facts=stage)
    line = "In the prediction set, 90 % coverage of each class wanted: "
    assert any(text.endswith(f"{line}ring, solid") for text in texts)
    outputs |= {"is_unknown": np.array(True), "prediction_set": np.array([False] * 2)}
    draw(directory, task, outputs, facts=stage)
    assert f"{line}(none); nothing is promised" in "\n".join(texts)
