import dataclasses

import numpy as np
import pytest

from pipelines import command
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches import dataset
from tests.zoo.training import trained
from zoo import evaluate
from zoo.ensembling import augmented
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.runs import json_objects
from zoo.training.data import split_checks
from zoo.training.data.training_data import batch_settings
from zoo.training.loop.inference import ModelOutputs
from zoo.training.model_predictions import collect

FLIP = Augmentation(spatial=Spatial(flip=("width",), flip_chance=0.5))
RECIPE = dataclasses.replace(trained.RECIPE, augmentation=FLIP)


class LeftHalf:
    """Says how bright the left half of a volume is."""

    def __init__(self, model):
        assert model == "network"

    def predict(self, batches, *, name, progress=False):
        each = list(batches.as_numpy_iterator())
        volume = np.concatenate([batch["volume"] for batch in each])
        half = volume[:, :, :, : volume.shape[3] // 2].mean(axis=(1, 2, 3, 4))
        share = 1 / (1 + np.exp(-half))
        shares = np.stack([1 - share, share], axis=1).astype(np.float32)
        ids = {
            name: tuple(
                text.decode()
                for text in np.concatenate([batch[name] for batch in each])
            )
            for name in ("sample_id", "patient_id")
        }
        return ModelOutputs(
            **ids,
            target=np.concatenate([batch["target"] for batch in each]),
            outputs={"probabilities": shares, "logits": np.log(shares)},
        )


@pytest.fixture
def run_and_data(tmp_path, monkeypatch):
    monkeypatch.setattr(run_evaluation, "draw", lambda *_: {})
    monkeypatch.setattr(augmented, "network_of", lambda run: "network")
    monkeypatch.setattr(augmented, "Inference", LeftHalf)
    data = trained.data_set(tmp_path / "data")
    run = trained.begin(tmp_path / "run", data, recipe=RECIPE)
    settings = batch_settings(run.recipe, run.fold, run.standards)
    outputs = {
        split: LeftHalf("network").predict(
            dataset.eval_batches(data, settings, split=split), name=split
        )
        for split in split_checks.SPLITS
    }
    (output,) = run.target_outputs
    predictions_file.write(run.predictions_path, collect(outputs, output, None))
    run.model_path.write_bytes(b"")
    return run, data, output


@pytest.mark.slow
def test_the_answer_is_the_mean_over_the_volume_and_its_copies(run_and_data, capsys):
    run, data, output = run_and_data
    arguments = [str(run.path), "--data", str(data.path), "--tta", "2", "--seed", "2"]
    assert command.run(evaluate.main, arguments) == 0
    found = predictions_file.read(run.path / "tta-2" / "predictions.csv", output.target)
    assert set(found.split) == {"validation", "test"}

    settings = batch_settings(run.recipe, run.fold, run.standards)
    for split in ("validation", "test"):
        plain = dataset.eval_batches(data, settings, split=split)
        passes = [LeftHalf("network").predict(plain, name=split)]
        for number in range(1, 3):
            copies = dataset.augmented_eval_batches(
                data, settings, split=split, augmentation=FLIP, seed=2, number=number
            )
            passes.append(LeftHalf("network").predict(copies, name=split))
        shares = [each.outputs["probabilities"] for each in passes]
        assert np.ptp(shares, axis=0).max() > 0
        rows = [i for i, own in enumerate(found.split) if own == split]
        assert [found.sample_id[i] for i in rows] == list(passes[0].sample_id)
        expected = np.mean(shares, axis=0)
        np.testing.assert_allclose(found.probabilities[rows], expected, rtol=1e-6)

    results = json_objects.read(run.path / "tta-2" / "metrics.json")["augmented"]
    assert (results["copies"], results["seed"], results["split"]) == (2, 2, "test")
    assert results["conclusion"] in capsys.readouterr().out
    assert "gain" in results["conclusion"]


def test_wrong_usage_is_refused(run_and_data, tmp_path, capsys):
    run, data, _ = run_and_data
    assert command.run(evaluate.main, [str(run.path), "--tta", "5"]) == 2
    assert "--tta goes with one run and its --data" in capsys.readouterr().err
    arguments = [str(run.path), "--data", str(data.path), "--tta", "0"]
    assert command.run(evaluate.main, arguments) == 2
    assert "--tta wants 1 or more" in capsys.readouterr().err
    plain = trained.begin(tmp_path / "plain", data)
    (plain.path / "model.keras").write_bytes(b"")
    text = run.predictions_path.read_text(encoding="utf-8")
    plain.predictions_path.write_text(text, encoding="utf-8")
    arguments = [str(plain.path), "--data", str(data.path), "--tta", "3"]
    assert command.run(evaluate.main, arguments) == 2
    assert "trained without augmentation" in capsys.readouterr().err
