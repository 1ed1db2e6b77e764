"""ROC and precision-recall curves: a few together, many in panels."""

import matplotlib.image
import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from tests.zoo.evaluation.cohorts import cohort, evaluated, given
from tests.zoo.evaluation.figures.watching import figures_of
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.figures import classification, curve_plots, multilabel, style
from zoo.evaluation.figures.curve_plots import Curve, OperatingPoint
from zoo.evaluation.metrics.roc_band import Band
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.results.settings import Settings

QUICK = Settings(bootstrap=200)
LONG = "glioblastoma multiforme with necrosis and oedema, grade four, recurrent twice"


def curve(found, **options):
    shown = {
        "text": "test",
        "positive": found.label == 1,
        "scores": found.probabilities[:, 1],
        "style": ("#0072B2", "-"),
    }
    return Curve(**{**shown, **options})


def lines(axes):
    return [line.get_xydata() for line in axes.get_lines() if len(line.get_xydata())]


def test_the_steps_of_the_precision_have_the_area_of_the_average_precision(
    tmp_path, monkeypatch
):
    seen = figures_of(curve_plots, monkeypatch)
    found = cohort(40, signal=1)
    curve_plots.precision_recall(tmp_path / "p.png", [curve(found)], heading="PR")
    chance, drawn = lines(seen[0].axes[0])
    assert chance[:, 1].tolist() == [0.5, 0.5]
    recall, precision = drawn.T
    assert (np.diff(recall) >= 0).all() and recall[0] == 0 and recall[-1] == 1
    area = np.sum(np.diff(recall) * precision[1:])
    expected = average_precision_score(found.label, found.probabilities[:, 1])
    assert area == pytest.approx(expected)


def test_the_operating_point_and_the_band(tmp_path, monkeypatch):
    seen = figures_of(curve_plots, monkeypatch)
    point = OperatingPoint(false_rate=0.2, true_rate=0.9, text="fixed before")
    ends = np.array([0.0, 1.0])
    band = Band(rates=ends, low=ends, high=ends)
    shown = curve(cohort(40), point=point, band=band)
    curve_plots.roc(tmp_path / "r.png", [shown], heading="ROC", note="shaded: band")
    axes = seen[0].axes[0]
    assert [0.2, 0.9] in [data.tolist()[0] for data in lines(axes)]
    assert len(axes.collections) == 1
    texts = [text.get_text() for text in seen[0].legends[0].get_texts()]
    assert texts == ["test", "fixed before", "shaded: band"]


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    monkeypatch.setattr(style, "_DOTS_PER_INCH", 60)


def test_every_class_has_a_panel_that_names_it(tmp_path, monkeypatch):
    seen = figures_of(curve_plots, monkeypatch)
    found = cohort(12, ("class 0", "class 1", LONG))
    views = {"test": levels_by_split(found)["test"].patient}
    files = classification.draw(tmp_path, views, evaluated(found, QUICK))
    assert {"roc_test.png", "precision_recall_test.png"} <= set(files)
    roc, recall = seen
    panels = [axes for axes in roc.axes if axes.get_visible()]
    assert len(panels) == len(recall.axes) == 3
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles[0].startswith("class 0\nn = 4, AUC ")
    assert "[1]" in titles[-1]
    texts = [text.get_text().replace("\n", " ") for text in roc.legends[0].get_texts()]
    assert texts == [
        "shaded: 95% band of the sensitivity, point by point",
        f"[1] {LONG}",
    ]
    width = matplotlib.image.imread(tmp_path / "roc_test.png").shape[1]
    assert width < 1.1 * 60 * 7.2


def test_two_classes_say_their_counts_and_only_the_last_split_has_a_band(
    tmp_path, monkeypatch
):
    seen = figures_of(curve_plots, monkeypatch)
    found = given([0, 1] * 8 + [1], [0.3, 0.6] * 8 + [0.9])
    views = {"test": found}
    classification.draw(tmp_path, views, evaluated(found, QUICK))
    roc, recall = seen
    (text, note) = roc.legends[0].get_texts()
    assert text.get_text().startswith("test (9 ill of 17): AUC")
    assert note.get_text() == "shaded: 95% band of the sensitivity, point by point"
    assert (len(roc.axes[0].collections), len(recall.axes[0].collections)) == (1, 0)


def test_a_label_counts_those_that_know_it(tmp_path, monkeypatch):
    seen = figures_of(curve_plots, monkeypatch)
    found = labelled(40)
    found.truth[:10, 0] = np.nan
    having = int(np.nansum(found.truth[:, 0]))
    views = {"test": levels_by_split(found)["test"].patient}
    multilabel.draw(tmp_path, views, evaluated(found, QUICK))
    first = seen[0].axes[0].get_title(loc="left")
    assert first.splitlines()[1].startswith(f"n = {having} of 30, AUC")
