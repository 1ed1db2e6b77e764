import dataclasses

import matplotlib.image
import numpy as np
import pytest
from matplotlib.axes import Axes

from tests.zoo.evaluation.cohorts import cohort, epochs, evaluated
from tests.zoo.evaluation.figures.watching import figures_of
from zoo.evaluation.figures import classification as classification_figures
from zoo.evaluation.figures import (
    classification_plots,
    curve_plots,
    curves,
    learning_curves,
)
from zoo.evaluation.figures import style as figure_style
from zoo.evaluation.figures.curve_plots import Curve
from zoo.evaluation.results.settings import Settings
from zoo.runs.history import best


def drawn(path):
    """Something other than white paper, large enough to print."""
    pixels = matplotlib.image.imread(path)
    assert min(pixels.shape[:2]) > 600
    assert pixels[..., :3].std() > 0.05


def test_roc_with_a_curve_that_is_not_defined(tmp_path):
    found = cohort()
    curves = [
        Curve(
            text="test",
            positive=found.label == 1,
            scores=found.probabilities[:, 1],
            style=figure_style.SPLIT_STYLE["test"],
        ),
        Curve(
            text="AUC not defined (no sample of class ill)",
            positive=np.zeros(3, bool),
            scores=np.zeros(3),
            style=figure_style.SPLIT_STYLE["train"],
        ),
    ]
    curve_plots.roc(tmp_path / "roc.png", curves, heading="ROC")
    drawn(tmp_path / "roc.png")


def test_confusion_with_an_empty_row(tmp_path):
    classification_plots.confusion(
        tmp_path / "c.png",
        np.array([[3, 1], [0, 0]]),
        ("well", "ill"),
        heading="Test",
    )
    drawn(tmp_path / "c.png")


LONG = "glioblastoma multiforme with necrosis and oedema, grade four, recurrent"


def test_a_long_class_is_whole_in_the_legend_alone(tmp_path, monkeypatch):
    seen = figures_of(classification_plots, monkeypatch)
    counts = np.array([[3, 1], [0, 2]])
    path = tmp_path / "c.png"
    classification_plots.confusion(path, counts, ("well", LONG), heading="Test")
    (figure,) = seen
    ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert ticks == ["well", "glioblastoma mu… [1]"]
    (legend,) = figure.legends
    (line,) = legend.get_texts()
    assert line.get_text().replace("\n", " ") == f"[1] {LONG}"
    width = matplotlib.image.imread(path).shape[1]
    assert width < 1.25 * 300 * figure.get_size_inches()[0]


def test_a_long_class_does_not_widen_the_roc(tmp_path):
    found = cohort()
    curve = Curve(
        text=f"{LONG}: AUC 0.812 (95% CI 0.730 to 0.880)",
        positive=found.label == 1,
        scores=found.probabilities[:, 1],
        style=figure_style.SPLIT_STYLE["test"],
    )
    curve_plots.roc(tmp_path / "roc.png", [curve], heading=f"ROC of {LONG}")
    width = matplotlib.image.imread(tmp_path / "roc.png").shape[1]
    assert width < 1.1 * 300 * 3.6


@pytest.mark.parametrize("count", [1, 6])
def test_learning_curves(tmp_path, count):
    rows = epochs(count)
    learning_curves.draw(
        tmp_path / "l.png",
        rows,
        best(rows, "val_auc"),
        monitor="val_auc",
    )
    drawn(tmp_path / "l.png")


def test_learning_curves_of_one_epoch_show_it_whole(tmp_path, monkeypatch):
    seen = figures_of(learning_curves, monkeypatch)
    (row,) = rows = epochs(1)
    learning_curves.draw(tmp_path / "l.png", rows, row, monitor="val_auc")
    (drawn,) = seen
    for axes in drawn.axes:
        left, right = axes.get_xlim()
        assert [x for x in axes.get_xticks() if left <= x <= right] == [1]
    assert drawn.axes[0].get_ylim()[1] >= 1.05 * max(row.loss, row.val_loss)


def test_learning_curves_say_where_a_stage_begins(tmp_path, monkeypatch):
    rows = [
        dataclasses.replace(row, stage=stage)
        for row, stage in zip(epochs(6), (1, 1, 2, 2, 2, 4), strict=True)
    ]
    marked = []
    annotate = Axes.annotate

    def noted(self, text, place, **options):
        marked.append((text, place[0]))
        return annotate(self, text, place, **options)

    monkeypatch.setattr(Axes, "annotate", noted)
    learning_curves.draw(
        tmp_path / "l.png", rows, best(rows, "val_auc"), monitor="val_auc"
    )
    assert marked == [("2", 2.5), ("4", 5.5)] * 3 + [("chance", 0)]


def test_folds_and_the_line_of_chance_are_told_apart(tmp_path, monkeypatch):
    drawn = []
    plot = ("auc", lambda path, curves, **_: drawn.extend(curves), "ROC")
    monkeypatch.setitem(curves.CURVES, "roc", plot)
    pooled = cohort(30)
    settings = Settings(bootstrap=200)
    evidence = evaluated(pooled, settings)
    classification_figures.draw(tmp_path, {"test": pooled}, evidence, [pooled, pooled])
    assert [curve.text[:16] for curve in drawn] == [
        "single folds (2)",
        "",
        "test, pooled (15",
    ]
    assert figure_style.GREY not in {curve.style[0] for curve in drawn}
