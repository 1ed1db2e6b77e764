import dataclasses

import numpy as np
import pytest

from pipelines.errors import UsageError
from tests.zoo.evaluation.cohorts import cohort, epochs
from tests.zoo.evaluation.figures.watching import figures_of
from zoo.evaluation import run_evaluation
from zoo.evaluation.figures import (
    classification_plots,
    formats,
    learning_curves,
    regression_plots,
    style,
)
from zoo.evaluation.figures.classification_plots import percent
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.results.settings import Settings
from zoo.runs.history import best


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    monkeypatch.setattr(style, "_DOTS_PER_INCH", 60)


def confusion(path, name="größer"):
    counts = np.array([[299, 1], [0, 300]])
    classification_plots.confusion(path, counts, ("well", name), heading="Test")


def test_vectors_are_the_same_bytes_each_time_and_name_nothing(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        with formats.written(("svg", "pdf")):
            confusion(tmp_path / folder / "c.png")
    for suffix in ("png", "svg", "pdf"):
        once, again = ((tmp_path / f / f"c.{suffix}").read_bytes() for f in "ab")
        assert once == again
        for word in (b"CreationDate", b"dc:date", b"Producer", str(tmp_path).encode()):
            assert word not in once
    assert (tmp_path / "a" / "c.pdf").read_bytes().startswith(b"%PDF")
    assert b"</svg>" in (tmp_path / "a" / "c.svg").read_bytes()


def test_without_being_asked_there_is_png_alone(tmp_path):
    confusion(tmp_path / "c.png")
    assert [path.name for path in tmp_path.iterdir()] == ["c.png"]


def test_metrics_list_every_file(tmp_path):
    predictions_file.write(tmp_path / "p.csv", cohort(12))
    settings = Settings(bootstrap=200)
    with formats.written(formats.parse("pdf, PNG")):
        result = run_evaluation.write_bare(
            tmp_path / "p.csv", settings=settings, out=tmp_path / "out"
        )
    drawn = {name for name, reason in result["figures"].items() if not reason}
    files = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert drawn == files and {"roc.png", "roc.pdf"} <= files


def test_an_unknown_format():
    with pytest.raises(UsageError, match="takes png, svg, pdf.*'png,jpg'"):
        formats.parse("png,jpg")


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [
        (299, 300, ">99%"),
        (300, 300, "100%"),
        (1, 300, "<1%"),
        (0, 300, "0%"),
        (199, 200, ">99%"),
        (985, 1000, "98%"),
        (0, 0, "–"),
    ],
)
def test_a_share_that_is_not_whole_is_never_shown_as_whole(count, total, text):
    assert percent(count, total) == text


def test_many_classes_show_their_errors_and_how_many_they_are(tmp_path, monkeypatch):
    seen = figures_of(classification_plots, monkeypatch)
    counts = 7 * np.eye(24, dtype=int)
    counts[3, 5] = 2
    names = [f"sequence {i} of the body" for i in range(24)]
    classification_plots.confusion(tmp_path / "c.png", counts, names, heading="Test")
    axes = seen[0].axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert sorted(texts) == ["2"] + ["7"] * 24
    ticks = [tick.get_text() for tick in axes.get_yticklabels()]
    assert ticks[3] == "sequence 3 of the body (n = 9)"
    assert not seen[0].legends


def spoiled(rows, epoch, **values):
    return [
        dataclasses.replace(row, **values) if row.epoch == epoch else row
        for row in rows
    ]


def test_one_bad_epoch_does_not_flatten_the_loss(tmp_path, monkeypatch):
    seen = figures_of(learning_curves, monkeypatch)
    rows = spoiled(epochs(20), 9, loss=48.2)
    learning_curves.draw(
        tmp_path / "l.png", rows, best(rows, "val_auc"), monitor="val_auc"
    )
    axes = seen[0].axes[0]
    top = axes.get_ylim()[1]
    assert 1 < top < 1.5
    marks = [line.get_xydata().tolist() for line in axes.get_lines()]
    assert [[9, top]] in marks
    assert [text.get_text() for text in axes.texts] == ["beyond: up to 48.2"]


def test_a_loss_that_falls_fast_is_shown_whole(tmp_path, monkeypatch):
    seen = figures_of(learning_curves, monkeypatch)
    rows = spoiled(epochs(20), 1, loss=2.0)
    learning_curves.draw(
        tmp_path / "l.png", rows, best(rows, "val_auc"), monitor="val_auc"
    )
    axes = seen[0].axes[0]
    assert axes.get_ylim()[1] > 2.0 and not axes.texts


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("stiffness [kPa]", "kPa"),
        ("age (years)", "years"),
        ("fat %", ""),
        ("a (b) c", ""),
    ],
)
def test_the_unit_is_what_the_name_ends_in(name, unit):
    assert regression_plots.unit(name) == unit


def test_bland_altman_says_its_unit(tmp_path, monkeypatch):
    seen = figures_of(regression_plots, monkeypatch)
    limits = regression_plots.Limits(bias=0.5, lower=-1, upper=2)
    for name in ("stiffness [kPa]", "kpa"):
        regression_plots.bland_altman(
            tmp_path / "b.png",
            np.array([1.0, 2.0, 4.0]),
            np.array([1.5, 2.0, 5.0]),
            limits=limits,
            name=name,
            heading="Test",
        )
    labels = [figure.axes[0].get_ylabel() for figure in seen]
    assert labels == ["Predicted − true [kPa]", "Predicted − true kpa"]
    texts = [text.get_text() for text in seen[0].legends[0].get_texts()]
    assert texts == ["bias 0.5 kPa", "limits of agreement -1 to 2 kPa"]
