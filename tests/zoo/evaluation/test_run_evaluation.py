import json

import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given, make_run, three_splits
from zoo.evaluation import evidence_text, run_evaluation
from zoo.evaluation.figures import style
from zoo.evaluation.headline import headline
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join, take
from zoo.evaluation.results.settings import Settings
from zoo.runs import environment_file

OPTIONS = {"settings": Settings(confidence=0.9, bootstrap=200, seed=4)}


def files(directory):
    return {p.relative_to(directory).as_posix() for p in directory.rglob("*.*")}


def test_a_run_gets_its_metrics_and_figures(tmp_path):
    run = make_run(tmp_path / "run", three_splits())
    before = files(run.path)
    result = run_evaluation.write(run.path, **OPTIONS)
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == result
    assert list(result["splits"]) == ["train", "validation", "test"]
    assert (result["task"], result["unit"]) == ("demo", "study")
    assert (result["classes"], result["positive_class"]) == (["well", "ill"], "ill")
    assert (result["confidence"], result["design"]) == (0.9, "cohort")
    assert result["bootstrap"] == {"resamples": 200, "seed": 4}
    assert files(run.path) - before == {
        "metrics.json",
        "figures/learning.png",
        "figures/roc.png",
        "figures/precision_recall.png",
        *(f"figures/confusion_{s}.png" for s in ("train", "validation", "test")),
        "figures/calibration_test.png",
    }
    assert set(result["figures"].values()) == {""}


def test_three_classes_get_a_roc_figure_per_split(tmp_path):
    two = take(three_splits(("a", "b", "c")), range(40, 90))
    run = make_run(tmp_path / "run", two)
    result = run_evaluation.write(run.path, **OPTIONS)
    assert result["positive_class"] is None
    assert {"roc_validation.png", "roc_test.png"} <= set(result["figures"])


def test_out_leaves_the_run_alone(tmp_path):
    run = make_run(tmp_path / "run", three_splits())
    predictions_file.write(run.predictions_path, cohort(6))
    before = files(run.path)
    run_evaluation.write(run.path, **OPTIONS, out=tmp_path / "deep" / "out")
    assert files(run.path) == before
    assert (tmp_path / "deep" / "out" / "metrics.json").is_file()


def test_the_same_input_gives_the_same_bytes(tmp_path):
    run = make_run(tmp_path / "run", three_splits())
    run_evaluation.write(run.path, **OPTIONS)
    run_evaluation.write(run.path, **OPTIONS, out=tmp_path / "again")
    for name in files(tmp_path / "again"):
        one, two = (side / name for side in (run.path, tmp_path / "again"))
        assert one.read_bytes() == two.read_bytes(), name


def test_a_patient_in_two_splits_is_an_error(tmp_path):
    leaking = join(
        [cohort(20, split="train", name="x"), given([0], [0.1], patient=["x-0000"])]
    )
    run = make_run(tmp_path / "run", leaking)
    with pytest.raises(DataError, match="stands in two splits"):
        run_evaluation.write(run.path, **OPTIONS)
    assert not run.metrics_path.exists()


def test_predictions_of_another_task(tmp_path):
    run = make_run(tmp_path / "run", three_splits())
    predictions_file.write(run.predictions_path, cohort(4, ("well", "sick")))
    with pytest.raises(DataError, match="are not the classes"):
        run_evaluation.write(run.path, **OPTIONS)


def test_bare_predictions_take_the_header_order(tmp_path):
    predictions_file.write(tmp_path / "p.csv", cohort(30, ("well", "ill")))
    settings = Settings(bootstrap=200)
    result = run_evaluation.write_bare(tmp_path / "p.csv", settings=settings, out=None)
    assert result["positive_class"] == "ill"
    assert (result["task"], "figures" in result) == ("", False)
    run_evaluation.write_bare(
        tmp_path / "p.csv", settings=settings, out=tmp_path / "out"
    )
    assert (tmp_path / "out" / "figures" / "roc.png").is_file()
    assert not (tmp_path / "out" / "figures" / "learning.png").exists()


def test_a_folder_that_cant_be_made(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="can't be made.*another --out"):
        run_evaluation.figures_folder(tmp_path / "file")


def test_a_run_that_knows_its_patients_says_so_everywhere(tmp_path, monkeypatch):
    run = make_run(tmp_path / "run", three_splits())
    plain = run_evaluation.write(run.path, **OPTIONS, out=tmp_path / "plain")
    assert "seen_patients" not in plain
    environment_file.edit(run.path / "environment.json", seen_patients={"test": 2})
    drawn = []
    usual = style.Figure.savefig

    def savefig(figure, *args, **options):
        drawn.append("".join(text.get_text() for text in figure.texts))
        usual(figure, *args, **options)

    monkeypatch.setattr(style.Figure, "savefig", savefig)
    result = run_evaluation.write(run.path, **OPTIONS)
    assert result["seen_patients"] == {"test": 2}
    words = "SEEN BEFORE: 2 patients of the test split trained the run"
    assert evidence_text.text(result).startswith(words)
    assert len(drawn) == len(result["figures"])
    assert all(" ".join(text.split()).startswith(words) for text in drawn)


def test_a_run_on_a_split_of_images_says_so_everywhere(tmp_path):
    run = make_run(tmp_path / "run", three_splits())
    described = json.loads((run.path / "dataset.json").read_text(encoding="utf-8"))
    described["split_by"] = "image"
    (run.path / "dataset.json").write_text(json.dumps(described), encoding="utf-8")
    result = run_evaluation.write(run.path, **OPTIONS)
    assert result["split_by"] == "image"
    assert evidence_text.text(result).startswith("SPLIT BY IMAGE: slices of the same")
    assert "by image: " in headline(result) and "SPLIT BY IMAGE" in headline(result)
