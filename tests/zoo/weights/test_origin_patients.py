import dataclasses
import json

import pytest

from pipelines.errors import UsageError
from tests.pipelines.records import small
from tests.zoo.training.trained import RECIPE, begin
from zoo.runs.run import Run
from zoo.training import new_run, preparation
from zoo.weights import origin_patients

FOLDS = {("fold", str(number)): 4 for number in range(3)}


def folded(folder, counts=FOLDS):
    folder.mkdir()
    task = small.task(shape=(16, 16, 16), kind="folds", folds=3)
    return small.data_set(folder, task, counts)


def of_fold(number):
    """Pseudonyms of the four patients of a fold, as `small` makes them."""
    return {f"p{seed + 2000:016x}" for seed in range(4 * number, 4 * number + 4)}


def finish(run, rows=()):
    """Writes what a finished run has, as far as it matters here."""
    run.model_path.write_bytes(b"model")
    lines = [f"s{i},{patient},{split}" for i, (patient, split) in enumerate(rows)]
    text = "\n".join(["sample_id,patient_id,split", *lines])
    run.predictions_path.write_text(text, encoding="utf-8")
    return run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folded(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture
def origin(data, tmp_path):
    """A run of fold 0: it is tested on fold 0, validated on 1 and trained on 2."""
    return finish(begin(tmp_path / "origin", data, fold="0"))


def begin_from(origin, path, data, fold, **options):
    return new_run.begin(
        path,
        recipe=dataclasses.replace(RECIPE, weights="run"),
        data=data,
        fold=fold,
        options={},
        weights_from=str(origin.path),
        **options,
    )


def test_the_manifest_says_who_trained_a_run_on_the_same_data(origin, data):
    assert origin_patients.trained(origin, data) == of_fold(2)


def test_predictions_say_who_trained_a_run_on_other_data(origin, data):
    other = dataclasses.replace(data, digest="0" * 64)
    finish(origin, [("p1", "train"), ("p2", "validation"), ("p3", "test")])
    assert origin_patients.trained(origin, other) == {"p1"}


@pytest.mark.parametrize(
    ("fold", "seen"),
    [("0", {}), ("1", {"validation": 4}), ("2", {"test": 4})],
)
def test_who_is_seen_depends_on_the_fold(fold, seen, origin, data):
    patients = origin_patients.trained(origin, data)
    assert origin_patients.seen(patients, data, fold) == seen


def test_another_fold_is_refused_and_makes_no_run(origin, data, tmp_path):
    message = "^4 patients of the test split trained the run .*--allow-seen-patients"
    with pytest.raises(UsageError, match=message):
        begin_from(origin, tmp_path / "run", data, "2")
    assert not (tmp_path / "run").exists()


@pytest.fixture
def any_weights(monkeypatch):
    """The model files of these runs hold nothing that could be loaded."""
    monkeypatch.setattr(preparation.load_weights, "load", lambda *_: None)


@pytest.mark.usefixtures("any_weights")
def test_the_same_fold_begins_without_a_mark(origin, data, tmp_path):
    run = begin_from(origin, tmp_path / "run", data, "0", allow_seen_patients=True)
    assert run.seen_patients == {}
    assert "seen_patients" not in (run.path / "environment.json").read_text(
        encoding="utf-8"
    )


@pytest.mark.usefixtures("any_weights")
def test_what_was_allowed_is_written_down(origin, data, tmp_path):
    run = begin_from(origin, tmp_path / "run", data, "2", allow_seen_patients=True)
    facts = json.loads((run.path / "environment.json").read_text(encoding="utf-8"))
    assert facts["seen_patients"] == {"test": 4}
    assert Run.resume(run.path).seen_patients == {"test": 4}


def test_patients_of_the_run_before_the_origin_are_known_too(origin, data, tmp_path):
    """Its weights went through a run on other patients, from that on to this one."""
    (tmp_path / "between").mkdir()
    elsewhere = folded(tmp_path / "records", {("fold", str(i)): 6 for i in range(3)})
    elsewhere = dataclasses.replace(elsewhere, digest="1" * 64)
    between = finish(begin(tmp_path / "between" / "run", elsewhere, fold="0"))
    facts = between.path / "environment.json"
    content = json.loads(facts.read_text(encoding="utf-8")) | {
        "origin_patients": sorted(of_fold(1))
    }
    facts.write_text(json.dumps(content), encoding="utf-8")
    between = Run.resume(between.path)
    patients = origin_patients.trained(between, data)
    assert origin_patients.seen(patients, data, "1") == {"test": 4}
