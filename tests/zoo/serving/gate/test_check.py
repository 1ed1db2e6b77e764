"""Whole verdicts: on exported runs, on faults that only running shows, on any model."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import UsageError
from tests.zoo.serving import exported
from tests.zoo.serving.exporting import kinds
from tests.zoo.serving.gate import in_process, models
from tests.zoo.serving.gate.interpreters import SERVER_PYTHON, with_server_python
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.serving.gate import check, warm_up_requests
from zoo.serving.gate.loading import Loaded

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tfserving" / "models"
RECORDS = [b"one", b"two", b"three"]
ROWS = models.rows(3)


class Exported:
    """An exported run, its records, and what the run says of them."""

    def __init__(self, root, kind):
        self.path = exported.model(root, **kinds.SETTINGS[kind])
        self.records = kinds.records(kind)
        run = predictor.load(exported.run_path(root))
        self.expected = run.answer_records(self.records)
        self.volumes = decoded(
            self.records, run.run.task, run.run.recipe.head.covariates
        )

    def check(self, **changes):
        given = {
            "examples": self.records,
            "volumes": self.volumes,
            "expected": self.expected,
        }
        return check.check(self.path, **given | changes)


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return Exported(tmp_path_factory.mktemp("classes") / "root", "classes")


@pytest.fixture
def in_this_process():
    """Where the words of a verdict are tested, not the process that it rests on."""
    with in_process.gate():
        yield


def problems(report):
    return [refusal.problem for refusal in report.refusals]


def test_an_exported_run_passes(classes):
    report = classes.check()
    assert report.refusals == report.warnings == report.not_run == ()
    (run,) = report.runs
    assert run.tensorflow == tf.__version__
    assert {*run.signatures} == {
        *("serving_default", "serve_examples", "features", "describe")
    }
    assert min(run.signatures.values()) == 3 + 2  # samples, warm-up
    assert max(run.largest_differences.values()) < 1e-5


@with_server_python
@pytest.mark.parametrize(
    "kind", [pytest.param("covariates", marks=pytest.mark.slow), "several"]
)
def test_an_exported_run_passes_in_the_servers_tensorflow(kind, tmp_path):
    run = Exported(tmp_path / "root", kind)
    report = run.check(python=SERVER_PYTHON)
    assert report.refusals == report.not_run == ()
    assert len(report.runs) == 2
    assert all(min(run.signatures.values()) == 5 for run in report.runs)
    differences = report.runs[1].largest_differences
    assert {key.partition("/")[0] for key in differences} >= {
        *("serving_default", "serve_examples", "features")
    }
    assert max(differences.values()) < 1e-5


@pytest.mark.usefixtures("in_this_process")
def test_other_numbers_and_labels_than_the_runs_are_refused(classes):
    probabilities = classes.expected["probabilities"].copy()
    probabilities[-1] += (1e-3, -1e-3)
    label = np.where(classes.expected["label"] == "yes", "no", "yes")
    expected = {"probabilities": probabilities, "label": label}
    found = classes.check(expected=expected)
    told = sorted((one.signatures[0], one.problem.split()[2]) for one in found.refusals)
    assert told == [
        ("serve_examples", "label"),
        ("serve_examples", "probabilities"),
        ("serving_default", "label"),
        ("serving_default", "probabilities"),
    ]


@pytest.mark.usefixtures("in_this_process")
def test_records_of_another_task_fail(classes):
    report = classes.check(examples=kinds.records("labels"))
    assert any("a record of another task" in problem for problem in problems(report))


def test_a_graph_that_is_refused_is_not_loaded():
    report = check.check(FIXTURES / "multi" / "2")
    assert report.runs == ()
    assert {refusal.signatures for refusal in report.refusals} == {
        *(("jitsig",), ("half",), ("scal",))
    }


@pytest.mark.usefixtures("in_this_process")
def test_a_version_without_warm_up_is_asked_by_what_it_describes(classes, tmp_path):
    version = shutil.copytree(classes.path, tmp_path / "1")
    (version / warm_up_requests.FILE).unlink()
    report = check.check(version)
    assert report.passed and report.not_run == ()
    names = ("serving_default", "serve_examples", "features", "describe")
    assert report.runs[0].signatures == dict.fromkeys(names, 3)


@pytest.mark.usefixtures("in_this_process")
def test_a_model_of_others_is_asked_by_made_up_numbers(tmp_path):
    report = check.check(models.doubled(tmp_path))
    assert report.passed and report.not_run == ()
    assert report.runs[0].signatures == {"serving_default": 2}


@pytest.mark.usefixtures("in_this_process")
def test_what_only_its_maker_can_ask_is_told(tmp_path):
    report = check.check(FIXTURES / "half_plus_two" / "00000123")
    assert report.passed
    assert report.runs[0].signatures["serving_default"] == 2
    assert {"classify_x_to_y", "regress_x_to_y"} <= {*report.not_run}
    assert "not asked, since it brings no warm-up requests and their" in str(report)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("file", ["variables.data-00000-of-00001", "variables.index"])
@pytest.mark.parametrize("left", [0, 4, -4])
def test_a_model_whose_weights_are_cut_off(file, left, tmp_path):
    version = shutil.copytree(FIXTURES / "half_plus_two" / "00000123", tmp_path / "1")
    weights = version / "variables" / file
    weights.write_bytes(weights.read_bytes()[:left])
    (refusal,) = check.check(version).refusals
    assert "can't load it: " in refusal.problem
    assert refusal.cure.startswith("Its files are damaged or not whole")


def lost(factor, rows):
    values = tf.raw_ops.PlaceholderWithDefault(input=factor * rows[:1], shape=None)
    return {"first": tf.ensure_shape(values, [None, 3])}


def centred(factor, rows):
    return {"centred": factor * (rows - tf.reduce_mean(rows, 0))}


def asserted(factor, rows):
    with tf.control_dependencies([tf.debugging.Assert(rows[0, 0] > 99, ["small"])]):
        return {"rows": factor * rows}


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    """What is told of functions whose faults show when they run, by signature."""
    functions = {"lost": lost, "centred": centred, "asserted": asserted}
    path = models.save_several(tmp_path_factory.mktemp("faulty"), functions)
    with in_process.gate():
        report = check.check(
            path,
            examples=RECORDS,
            volumes={"rows": ROWS},
            expected={"tripled": 3 * ROWS},
        )
    return [(*refusal.signatures, refusal.problem) for refusal in report.refusals]


def test_a_batch_that_is_lost_while_it_runs(faults):
    problem = (
        "its output first is [1, 3] for a batch of 3, which has to be the first size"
    )
    assert ("lost", problem) in faults


def test_an_answer_that_depends_on_the_batch(faults):
    problem = (
        "its output centred of a batch of 1 differs by 6, at most 1e-05 and 1e-05 of "
        "the value are allowed"
    )
    assert ("centred", problem) in faults


def test_a_function_that_fails_when_it_runs(faults):
    (problem,) = [fault[1] for fault in faults if fault[0] == "asserted"]
    assert problem.startswith(f"it fails in TensorFlow {tf.__version__} with XLA off")
    assert "assertion failed: [small]" in problem


def test_an_output_that_is_expected_and_not_there(faults):
    assert ("no signature that takes the samples has an output tripled",) in faults
    assert len(faults) == 4


def test_a_model_that_cannot_be_loaded(tmp_path, monkeypatch):
    error = "NotFoundError: Op type not registered 'Sparkle' in binary"
    loaded = Loaded(tensorflow="2.16.9", error=error, answers=())
    monkeypatch.setattr(check.loading, "load", lambda *_, **__: loaded)
    (refusal,) = check.check(models.doubled(tmp_path)).refusals
    assert refusal.problem == f"TensorFlow 2.16.9 with XLA off can't load it: {error}"
    assert refusal.cure == "Export it again, by operations that this version knows"


def test_a_python_with_another_tensorflow_than_the_servers(tmp_path, monkeypatch):
    loaded = Loaded(tensorflow="1.15.2", error="not known", answers=())
    monkeypatch.setattr(check.loading, "load", lambda *_, **__: loaded)
    with pytest.raises(UsageError, match=r"has TensorFlow 1.15.2, and the pinned"):
        check.check(models.doubled(tmp_path), python="python")
