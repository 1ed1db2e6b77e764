"""An ensemble of several tasks answers as `zoo.predict` does, whoever abstains."""

import json

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from pipelines.errors import DataError
from tests.zoo.ensembling import several_tasks
from tests.zoo.ensembling.members import ensemble_of
from tests.zoo.ensembling.several_tasks import INPUTS, NAMES, T1, T2
from tests.zoo.prediction import networks
from tests.zoo.serving.gate import in_process
from zoo.classifier import heads
from zoo.prediction import predictor
from zoo.serving.exporting import export_request, export_runs, held_to_tasks
from zoo.serving.exporting.saved_model import ASSETS
from zoo.serving.gate import check
from zoo.serving.tasks_description import TasksDescription

pytestmark = pytest.mark.slow  # ensembles are exported and loaded, again and again

RECORDS = [[several_tasks.record(task, seed) for seed in range(3)] for task in (T1, T2)]
WEIGHTS = np.array([0.2, 0.5, 0.3])
OF_TASK = (0, 1, 0)  # of each member
OUTPUTS = ("probabilities", "predictions_fat")


@pytest.fixture(scope="module", autouse=True)
def _in_this_process():
    """What was written is loaded here, and held to the ensemble all the same."""
    with in_process.gate():
        yield


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return several_tasks.runs(tmp_path_factory.mktemp("members"))


@pytest.fixture(scope="module")
def ensemble(paths):
    return several_tasks.ensemble(paths[0].with_name("all"), paths)


def export(path, root, **changes):
    """What was written, and what was said meanwhile."""
    lines = []
    request = export_request.checked(path, **{"name": "brain", "to": root, **changes})
    return export_runs.export(request, say=lines.append), lines


@pytest.fixture(scope="module")
def exported(ensemble):
    return export(ensemble, ensemble.with_name("root"))


@pytest.fixture(scope="module")
def model(exported):
    return tf.saved_model.load(str(exported[0]))


@pytest.fixture(scope="module")
def said(paths):
    """What each member says of each of the records, by output."""
    each = [
        predictor.load(path).predict_records(RECORDS[task])
        for path, task in zip(paths, OF_TASK, strict=True)
    ]
    return {name: np.stack([one[name] for one in each]) for name in OUTPUTS}


def asked(model, *given):
    tensors = dict(zip(INPUTS, map(tf.constant, given), strict=True))
    answered = model.signatures["serve_examples"](**tensors)
    return {name: predictor.as_numpy(values) for name, values in answered.items()}


def test_a_missing_one_abstains(model, said):
    first, second = RECORDS
    found = asked(model, [first[0], b"", first[2]], [second[0], second[1], b""])
    votes = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1]])
    np.testing.assert_array_equal(found["member_votes"], votes)
    for name in OUTPUTS:
        shares = votes.T[:, :, None] * WEIGHTS[:, None, None]
        expected = (shares * said[name]).sum(axis=0) / shares.sum(axis=0)
        assert np.ptp(said[name], axis=0).min() > 1e-3  # or equality proves nothing
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=1e-6)
        members = said[name].transpose(1, 0, 2) * votes[:, :, None]
        np.testing.assert_allclose(
            found[f"member_{name}"], members, rtol=1e-5, atol=1e-6
        )
    classes = np.array(T1.target.classes)
    labels = classes[found["probabilities"].argmax(axis=1)]
    assert found["label"].tolist() == labels.tolist()
    assert found["class_names"].tolist() == [classes.tolist()] * 3


def test_a_sample_that_lacks_all_is_named(model):
    first, second = RECORDS
    message = r"at least one is wanted, .* Samples without one, from 0:.*\[1\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        asked(model, [first[0], b"", first[2]], [b"", b"", second[1]])


def test_unequal_numbers_of_records_are_refused(model):
    message = r"want a string each for every sample.*numbers of strings:.*\[2 3\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        asked(model, RECORDS[0][:2], RECORDS[1])


def test_records_of_the_other_task_are_refused(model):
    with pytest.raises(tf.errors.InvalidArgumentError, match="record of another task"):
        asked(model, RECORDS[1][:1], RECORDS[1][:1])


def test_it_has_an_input_a_task_and_nothing_that_takes_volumes(model):
    assert {*model.signatures} == {"serve_examples", "describe"}
    _, inputs = model.signatures["serve_examples"].structured_input_signature
    assert {*inputs} == {*INPUTS}
    for spec in inputs.values():
        assert (spec.dtype, spec.shape.as_list()) == (tf.string, [None])


def test_describe_lists_the_tasks_and_the_first_one_as_a_single_model_does(model):
    answered = model.signatures["describe"](request=tf.constant([b"", b""]))
    texts = {name: predictor.as_numpy(values) for name, values in answered.items()}
    assert {*texts} == {"task", "model", "spec", "tasks"}
    assert texts["spec"].tolist() == [T1.spec] * 2
    described = TasksDescription.from_json(texts["tasks"][1])
    assert described.members == NAMES
    first, second = described.tasks
    assert texts["task"][0] == first.description.to_json()
    assert (first.input, second.input) == INPUTS
    assert (first.description.task, second.description.task) == (T1, T2)
    assert (first.members, second.members) == (("t1", "t1_again"), ("t2",))
    assert (first.description.covariates, second.description.covariates) == (
        *((), ("age",)),
    )


def test_model_json_says_what_goes_into_each_input(exported):
    path, lines = exported
    described = json.loads((path / ASSETS / "model.json").read_text(encoding="utf-8"))
    assert described["ensemble"]["rule"] == "weighted"
    assert len(described["members"]) == 3
    assert described["tasks"] == [
        {
            "input": name,
            "task": task.name,
            "spec": task.spec,
            "channels": list(task.channels),
            "covariates": list(task.covariates),
            "data_digests": ["d"],
        }
        for name, task in zip(INPUTS, (T1, T2), strict=True)
    ]
    assert lines[0] == "loading 3 networks"
    assert lines[-1] == "version 1 of brain is stable"


def test_it_is_warmed_up_for_every_size(exported):
    file = exported[0] / ASSETS / "tf_serving_warmup_requests"
    sizes = set()
    for line in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
        log = prediction_log_pb2.PredictionLog.FromString(line)
        request = log.predict_log.request
        given = {name: tf.make_ndarray(x) for name, x in request.inputs.items()}
        (size,) = {len(values) for values in given.values()}
        sizes.add((request.model_spec.signature_name, size))
        if request.model_spec.signature_name == "serve_examples":
            assert {*given} == {*INPUTS}
            assert all(len(one) for values in given.values() for one in values)
    assert sizes == {
        (name, size) for name in ("serve_examples", "describe") for size in (1, 2, 4, 8)
    }


@pytest.mark.slow
def test_without_warm_up_requests_it_is_checked_by_what_it_describes(exported):
    file = exported[0] / ASSETS / "tf_serving_warmup_requests"
    content = file.read_bytes()
    file.unlink()
    try:
        report = check.check(exported[0])
    finally:
        file.write_bytes(content)
    assert report.passed and not report.not_run
    (run,) = report.runs
    assert run.signatures["serve_examples"] == 3  # the first, the last, both


@pytest.mark.slow
def test_it_is_held_to_samples_from_which_each_task_is_missing(ensemble):
    request = export_request.checked(ensemble, name="brain", to=ensemble / "root")
    described = export_runs.export_tasks.described(request)
    held_to = held_to_tasks.of(request, described)
    lengths = np.array([[len(one) > 0 for one in held_to.records[n]] for n in INPUTS])
    np.testing.assert_array_equal(
        lengths.T.astype(int), [[1, 1]] * 4 + [[0, 1], [1, 0]] + [[1, 0], [0, 1]]
    )
    votes = held_to.answers["member_votes"]
    np.testing.assert_array_equal(votes, lengths[[0, 1, 0]].T)


@pytest.mark.slow
def test_answers_other_than_the_ensembles_leave_no_version(ensemble, monkeypatch):
    real = held_to_tasks.ensemble_predictor.answer

    def other(*arguments):
        answer = real(*arguments)
        return {**answer, "probabilities": answer["probabilities"] + 1e-4}

    monkeypatch.setattr(held_to_tasks.ensemble_predictor, "answer", other)
    root = ensemble.with_name("other-root")
    with pytest.raises(DataError, match="output probabilities of a batch of . differs"):
        export(ensemble, root)
    assert [*(root / "brain").iterdir()] == []


@pytest.mark.slow
def test_folds_of_members_answer_by_fold_and_then_by_their_mean(tmp_path):
    """The gate holds them to the rules in NumPy."""
    paths = [tmp_path / name for name in ("first", "second")]
    for path, task in zip(paths, (several_tasks.FOLDED, networks.TASK), strict=True):
        networks.folds(path, 2, task=task)
    path = ensemble_of(tmp_path / "both", paths, rule="majority")
    version, lines = export(path, tmp_path / "root")
    assert lines[0] == "loading 4 networks"
    given = {
        "examples_first": [networks.record(networks.voxels(1), several_tasks.FOLDED)],
        "examples_small": [networks.record(networks.voxels(2))],
    }
    served = tf.saved_model.load(str(version)).signatures["serve_examples"]
    found = served(**{name: tf.constant(values) for name, values in given.items()})
    each = [
        [
            predictor.load(path / f"fold-{fold}").predict_records(records)
            for path, records in zip(paths, given.values(), strict=True)
        ]
        for fold in range(2)
    ]
    shares = np.array([[one["probabilities"] for one in fold] for fold in each])
    members = shares.mean(axis=0).transpose(1, 0, 2)
    np.testing.assert_allclose(found["member_probabilities"], members, atol=1e-6)
    votes = np.eye(2)[shares.argmax(axis=3)].sum(axis=1)
    expected = ((votes + shares.mean(axis=1)) / 3).mean(axis=0)
    np.testing.assert_allclose(found["probabilities"], expected, atol=1e-6)


@pytest.mark.slow
def test_bfloat16_is_measured_on_the_same_samples(tmp_path):
    first = networks.run(tmp_path / "first", task=several_tasks.FOLDED, seed=1)
    runs = [first, networks.run(tmp_path / "second", seed=2)]
    for run in runs:  # sure of the first class: no rounding decides a label
        network = predictor.network_of(run)
        logits = network.get_layer("head").get_layer(heads.LOGITS)
        logits.bias.assign([2.0, -2.0])
        network.save(run.model_path)
    paths = [run.path for run in runs]
    both = ensemble_of(tmp_path / "both", paths)
    path, lines = export(both, tmp_path / "root", precision="bfloat16")
    (line,) = [line for line in lines if line.startswith("bfloat16 against the run")]
    assert "on 8 made-up records, some members of which abstain" in line
    text = (path / ASSETS / "model.json").read_text(encoding="utf-8")
    assert 0 < json.loads(text)["differences"][0]["largest"]["probabilities"] < 0.02
