import numpy as np
import pytest
from scipy.special import expit, log_expit, log_softmax
from sklearn.metrics import r2_score, roc_auc_score

from pipelines.tasks.target import Target
from tests.zoo.training import standin
from zoo.recipes.optimisation import Optimisation
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput
from zoo.training.callbacks.validation_scores import further_losses, scores
from zoo.training.loop.inference import Inference, ModelOutputs

NAN = float("nan")


def answered(target, **outputs):
    names = tuple(f"{i:016x}" for i in range(len(target)))
    return ModelOutputs(
        sample_id=names, patient_id=names, target=np.array(target), outputs=outputs
    )


def statistics(means, deviations):
    return tuple(
        ColumnStatistics(name=str(column), mean=mean, deviation=deviation)
        for column, (mean, deviation) in enumerate(zip(means, deviations))
    )


def test_scores_are_exact_over_samples_with_a_smaller_last_batch():
    _, model = standin.classifier()
    arrays = standin.element(10)
    model_outputs = Inference(model).predict(standin.evaluation(10), name="validation")
    logits = model.predict(arrays["volume"], verbose=0)["logits"]
    labels = arrays["target"][:, 0].astype(int)
    found = scores(model_outputs, standin.LEARNED[0].target_output, Optimisation())
    shares = log_softmax(logits.astype(np.float64), axis=1)
    assert model_outputs.sample_id[9] == f"{9:016x}"
    wanted = -shares[np.arange(10), labels].mean()
    assert found["val_loss"] == pytest.approx(wanted, rel=1e-5)
    assert found["val_accuracy"] == np.mean(np.argmax(logits, 1) == labels)
    assert 0 <= found["val_auc"] <= 1


def test_labels_count_as_far_as_they_are_known():
    target = Target(kind="multilabel", columns=tuple("abc"), classes=tuple("ABC"))
    truth = np.array([[0, 1, 1], [1, NAN, 1], [1, 0, NAN], [0, 1, 1]])
    logits = np.random.default_rng(0).normal(size=(4, 3))
    model_outputs = answered(truth, logits=logits, probabilities=expit(logits))
    found = scores(model_outputs, TargetOutput(target=target), Optimisation())
    pairs = [(t, x) for t, x in zip(truth.ravel(), logits.ravel()) if t == t]
    losses = [-log_expit(x if t else -x) for t, x in pairs]
    assert found["val_loss"] == pytest.approx(np.mean(losses))
    assert found["val_accuracy"] == np.mean([(x > 0) == t for t, x in pairs])
    first = roc_auc_score(truth[:, 0], logits[:, 0])
    second = roc_auc_score(truth[[0, 2, 3], 1], logits[[0, 2, 3], 1])
    assert found["val_auc"] == np.mean([first, second])  # the third has no absence


def test_grades_have_the_loss_of_their_steps():
    target = Target(kind="ordinal", columns=("x",), classes=tuple("abcd"))
    steps = np.array([[2.0, 0.5, -1.0], [0.3, -2.0, -9.0], [40.0, 20.0, 1.0]])
    above = expit(np.pad(steps, ((0, 0), (1, 1)), constant_values=(np.inf, -np.inf)))
    shares = above[:, :-1] - above[:, 1:]
    truth = np.array([2, 0, 3])
    with np.errstate(divide="ignore"):
        logits = np.maximum(np.log(shares), -60)
    found = scores(
        answered(truth[:, None], logits=logits, probabilities=shares),
        TargetOutput(target=target),
        Optimisation(),
    )
    passed = truth[:, None] > np.arange(3)
    wanted = -np.where(passed, log_expit(steps), log_expit(-steps)).sum(axis=1)
    assert found["val_loss"] == pytest.approx(wanted.mean(), rel=1e-4)
    assert found["val_accuracy"] == np.mean(shares.argmax(1) == truth)


@pytest.mark.parametrize("loss", ["mse", "huber"])
def test_numbers_count_as_far_as_they_are_known(loss):
    target = Target(kind="regression", columns=("x", "y"))
    deviations = (2.0, 0.5)
    target_output = TargetOutput(
        target=target, offset=1, column_statistics=statistics((0.1, 0.2), deviations)
    )
    draw = np.random.default_rng(0)
    truth = draw.normal(size=(6, 3))
    truth[2, 1] = truth[4, 2] = NAN
    predictions = draw.normal(size=(6, 2))
    model_outputs = answered(truth, predictions=predictions)
    found = scores(model_outputs, target_output, Optimisation(regression_loss=loss))
    rows = [~np.isnan(truth[:, c]) for c in (1, 2)]
    pairs = [(truth[r, c + 1], predictions[r, c]) for c, r in enumerate(rows)]
    errors = [(p - t) / d for (t, p), d in zip(pairs, deviations)]

    def of(e):
        e = np.abs(e)
        return e**2 if loss == "mse" else np.where(e < 1, e**2 / 2, e - 0.5)

    assert found["val_loss"] == pytest.approx(np.mean([of(e).mean() for e in errors]))
    sizes = [np.abs(p - t).mean() for t, p in pairs]
    assert found["val_mae"] == pytest.approx(np.mean(sizes))
    assert found["val_r2"] == pytest.approx(np.mean([r2_score(*one) for one in pairs]))


def test_further_targets_count_as_far_as_they_are_known():
    grades = Target(kind="ordinal", columns=("x",), classes=tuple("abc"), name="stage")
    labels = Target(
        kind="multilabel", columns=tuple("uv"), classes=tuple("uv"), name="signs"
    )
    numbers = Target(kind="regression", columns=("fat", "kpa"), name="fat")
    unknown = Target(classes=("no", "yes"), columns=("y",), name="side")
    target_outputs = (
        TargetOutput(target=grades, offset=1),
        TargetOutput(target=labels, offset=2),
        TargetOutput(
            target=numbers,
            offset=4,
            column_statistics=statistics((6.0, 0.0), (2.0, 1.0)),
        ),
        TargetOutput(target=unknown, offset=6),
    )
    truth = np.array(
        [
            [0, 2, 1, NAN, 4, NAN, NAN],
            [1, NAN, NAN, NAN, NAN, NAN, NAN],
            [1, 0, 0, 1, 8, NAN, NAN],
        ]
    )
    draw = np.random.default_rng(0)
    outputs = {
        "logits_stage": np.log(draw.dirichlet(np.ones(3), size=3)),
        "logits_signs": draw.normal(size=(3, 2)),
        "predictions_fat": draw.normal(6, 2, size=(3, 2)),
        "logits_side": draw.normal(size=(3, 2)),
    }
    for name in ("stage", "signs", "side"):
        outputs[f"probabilities_{name}"] = expit(outputs[f"logits_{name}"])
    model_outputs = answered(truth, **outputs)
    found = further_losses(model_outputs, target_outputs, Optimisation())
    found = {target_output.target.name: loss for target_output, loss in found}
    shares = np.exp(outputs["logits_stage"])
    above_a, above_b = 1 - shares[:, 0], shares[:, 2]
    stage = [-np.log(above_a[0] * above_b[0]), -np.log(shares[2, 0] * (1 - above_b[2]))]
    signs = outputs["logits_signs"]
    signs = -log_expit([signs[0, 0], -signs[2, 0], signs[2, 1]])
    errors = (outputs["predictions_fat"][[0, 2], 0] - [4, 8]) / 2
    assert found == pytest.approx(
        {
            "stage": np.mean(stage),
            "signs": np.mean(signs),
            "fat": np.mean(errors**2),
        }
    )
