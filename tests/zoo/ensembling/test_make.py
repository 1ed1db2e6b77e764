import dataclasses
import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from tests.zoo.ensembling.members import (
    cross_validation,
    in_split,
    member,
    predictions,
    without,
)
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import make
from zoo.evaluation import run_evaluation
from zoo.evaluation.comparison import objectives, paired
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.predictions.predictions import join, of_split, take
from zoo.evaluation.results.settings import Settings
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.standardisation import ColumnStatistics, Standards

SETTINGS = Settings(bootstrap=200)


@pytest.fixture(autouse=True)
def _no_figures(request, monkeypatch):
    """They take longer than all else; one test draws them."""
    if "figures" not in request.node.name:
        monkeypatch.setattr(run_evaluation, "draw", lambda *_: {})


def made(tmp_path, paths, rule="mean", out="both"):
    """The predictions and the metrics of an ensemble."""
    out = tmp_path / out
    ensemble, results = make.make(paths, rule=rule, out=out, settings=SETTINGS)
    target = ensemble.targets[0]
    return predictions_file.read(out / "predictions.csv", target), results


def test_the_mean_of_two_runs_is_a_run_directory_with_figures(tmp_path):
    paths = [member(tmp_path / f"run{seed}", seed) for seed in (1, 2)]
    found, results = made(tmp_path, paths)
    expected = (predictions(1).probabilities + predictions(2).probabilities) / 2
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-8)
    np.testing.assert_allclose(found.outputs["logit"], np.log(expected), rtol=1e-7)
    assert found.split == predictions(1).split
    assert results == json.loads(
        (tmp_path / "both" / "metrics.json").read_text(encoding="utf-8")
    )
    test = of_split(found, "test")
    area = results["splits"]["test"]["patient"]["auc"]["value"]
    assert area == pytest.approx(roc_auc_score(test.label, test.probabilities[:, 1]))
    assert (tmp_path / "both" / "figures" / "roc.png").is_file()


def test_members_are_named_by_their_place_and_digest(tmp_path):
    paths = [member(tmp_path / "runs" / f"run{seed}", seed) for seed in (1, 2)]
    made(tmp_path, paths)
    text = (tmp_path / "both" / "ensemble.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    ensemble = ensembles.opened(tmp_path / "both")
    assert [entry.path for entry in ensemble.members] == [
        "../runs/run1",
        "../runs/run2",
    ]
    places = [ensemble.member_path(entry) for entry in ensemble.members]
    assert places == paths
    digest = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"
    assert ensemble.members[0].models == {"": digest}  # of the byte 1


def test_weights_are_fitted_on_validation_alone(tmp_path):
    paths = [member(tmp_path / "weak", 1, signal=0.1), member(tmp_path / "strong", 2)]
    found, results = made(tmp_path, paths, "weighted")
    (weights,) = results["ensemble"]["fitted"].values()
    weak, strong = weights["weights"]
    assert strong > weak
    parts = predictions(1, signal=0.1), predictions(2)
    expected = weak * parts[0].probabilities + strong * parts[1].probabilities
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-7)

    def loss(share):
        first, second = (of_split(part, "validation") for part in parts)
        mixed = share * first.probabilities + (1 - share) * second.probabilities
        likely = mixed[np.arange(24), first.label]
        return -np.log(likely).sum() - np.log(share * (1 - share))

    grid = np.linspace(0.0005, 0.9995, 2000)
    best = grid[np.argmin([loss(share) for share in grid])]
    assert weak == pytest.approx(best, abs=1e-3)

    other = join(
        [
            of_split(parts[0], "train"),
            of_split(parts[0], "validation"),
            of_split(predictions(7), "test"),
        ]
    )
    paths[0] = member(tmp_path / "other", 7, found=other)
    _, again = made(tmp_path, paths, "weighted", out="again")
    assert again["ensemble"]["fitted"] == results["ensemble"]["fitted"]


def test_the_gain_is_the_paired_one_over_the_best_member_by_validation(tmp_path):
    signals = (0.3, 1.5, 0.8)
    paths = [
        member(tmp_path / f"run{i}", i + 1, signal=s) for i, s in enumerate(signals)
    ]
    found, results = made(tmp_path, paths)
    parts = [predictions(i + 1, signal=s) for i, s in enumerate(signals)]
    areas = [
        roc_auc_score(part.label, part.probabilities[:, 1])
        for part in (of_split(part, "validation") for part in parts)
    ]
    best = int(np.argmax(areas))
    said = results["ensemble"]
    assert said["best_member"]["name"] == f"run{best}"
    assert list(said["best_member"]["values"].values()) == pytest.approx(areas)
    expected = paired.compare(
        of_split(found, "test"),
        of_split(parts[best], "test"),
        objectives.named("val_auc"),
    )
    gain = said["gain"]["by_objective"]["val_auc"]
    assert gain["difference"] == pytest.approx(expected.difference, abs=1e-7)
    assert gain["low"] == pytest.approx(expected.low, abs=1e-7)
    assert gain["p"] == pytest.approx(expected.p, abs=1e-6)
    assert gain["patients"] == 40
    assert said["conclusion"].startswith(f"test: no gain shown over run{best}: AUC ")


def test_models_of_several_data_sets_vote_for_a_patient(tmp_path):
    """The second lacks every fifth patient; the first has two samples a patient."""
    first = predictions(1, samples_each=2)
    second = by_patient(predictions(2))
    absent = set(second.patient_id[::5])
    second = without(second, absent)
    paths = [
        member(tmp_path / "t1", 1, found=first, fingerprint="k"),
        member(tmp_path / "t2", 2, found=second, digest="e", fingerprint="k"),
    ]
    found, results = made(tmp_path, paths)
    assert len(found) == 84
    assert found.sample_id == found.patient_id
    mean = by_patient(first)
    row = {patient: i for i, patient in enumerate(mean.patient_id)}
    other = {patient: i for i, patient in enumerate(second.patient_id)}
    for i, patient in enumerate(found.patient_id):
        expected = mean.probabilities[row[patient]]
        if patient not in absent:
            expected = (expected + second.probabilities[other[patient]]) / 2
        np.testing.assert_allclose(found.probabilities[i], expected, rtol=1e-8)
    lacking = sum(patient.startswith("test") for patient in absent)
    counts = results["ensemble"]["patients"]["test"]
    assert counts == {"2": 40 - lacking, "1": lacking}
    assert results["unit"] == "patient"
    if results["ensemble"]["best_member"]["name"] == "t2":
        gain = results["ensemble"]["gain"]["by_objective"]["val_auc"]
        assert gain["patients"] == 40 - lacking


def test_out_of_fold_predictions_are_joined_fold_by_fold(tmp_path):
    paths = [cross_validation(tmp_path / f"cv{seed}", seed) for seed in (1, 2)]
    found, results = made(tmp_path, paths, "weighted")
    assert set(found.split) == {"test"}
    assert len(found) == 36
    assert found.fold == ("0",) * 12 + ("1",) * 12 + ("2",) * 12
    ensemble = ensembles.opened(tmp_path / "both")
    parts = [
        cohort(12, split="test", name="part1", seed=31 * seed + 1, signal=1.0)
        for seed in (1, 2)
    ]
    weights = ensemble.fitted[""]["1"]["weights"]
    expected = sum(w * part.probabilities for w, part in zip(weights, parts))
    np.testing.assert_allclose(found.probabilities[12:24], expected, rtol=1e-7)
    assert [row["fold"] for row in results["folds"]["rows"]] == ["0", "1", "2"]
    assert results["ensemble"]["gain"]["split"] == "test"


def test_patients_set_aside_are_judged_by_the_mean_over_the_folds(tmp_path):
    paths = [
        cross_validation(tmp_path / f"cv{seed}", seed, holdout=True) for seed in (1, 2)
    ]
    found, results = made(tmp_path, paths)
    assert list(results["splits"]) == ["validation", "test"]
    test = of_split(found, "test")
    assert test.sample_id == tuple(f"held-sample{i:04d}" for i in range(16))
    expected = np.mean([held_out(path) for path in paths], axis=0)
    np.testing.assert_allclose(test.probabilities, expected, rtol=1e-7)


def held_out(path):
    """The mean over folds of what a cross-validation says of those set aside."""
    target = Target(classes=("well", "ill"))
    each = [
        of_split(
            predictions_file.read(path / f"fold-{i}" / "predictions.csv", target),
            "test",
        )
        for i in range(3)
    ]
    return np.mean([part.probabilities for part in each], axis=0)


def test_a_patient_that_trains_one_and_tests_another_is_refused(tmp_path):
    found = predictions(2)
    rows = {split: of_split(found, split) for split in ("train", "validation", "test")}
    swapped = join(
        [
            in_split(take(rows["test"], np.arange(7)), "train"),
            rows["validation"],
            take(rows["test"], np.arange(7, 40)),
        ]
    )
    paths = [member(tmp_path / "a", 1), member(tmp_path / "b", 2, found=swapped)]
    with pytest.raises(DataError, match=r"^7 patient\(s\) judge one member and train"):
        made(tmp_path, paths)
    assert not (tmp_path / "both").exists()


def test_a_patient_that_trained_the_origin_of_another_member_is_refused(tmp_path):
    paths = [
        member(tmp_path / "a", 1),
        member(
            tmp_path / "b",
            2,
            found=without(predictions(2), {"test-0000", "test-0001"}),
        ),
    ]
    facts = json.loads((paths[1] / "environment.json").read_text(encoding="utf-8"))
    facts["origin_patients"] = ["test-0001", "train-0001"]
    text = json.dumps(facts)
    (paths[1] / "environment.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"^1 patient\(s\) judge one .*weights come"):
        made(tmp_path, paths)


def test_patients_that_a_member_was_allowed_to_know_are_said_in_every_output(tmp_path):
    paths = [member(tmp_path / name, seed) for seed, name in ((1, "a"), (2, "b"))]
    facts = json.loads((paths[1] / "environment.json").read_text(encoding="utf-8"))
    facts |= {"origin_patients": ["test-0001"], "seen_patients": {"test": 1}}
    text = json.dumps(facts)
    (paths[1] / "environment.json").write_text(text, encoding="utf-8")
    _, results = made(tmp_path, paths)
    assert results["seen_patients"] == {"test": 1}


def test_those_who_validate_one_and_train_another_are_left_out(tmp_path):
    """Two folds of one cross-validation with a hold-out set."""
    whole = cross_validation(tmp_path / "cv", 1, holdout=True)
    paths = [whole / "fold-0", whole / "fold-1"]
    found, results = made(tmp_path, paths)
    assert results["ensemble"]["left_out"] == 24
    assert set(found.split) == {"train", "test"}
    assert results["ensemble"]["best_member"]["name"] is None
    with pytest.raises(DataError, match="every one trained another member"):
        made(tmp_path, paths, "weighted", out="weighted")


REFUSED = {
    "classes": ({"classes": ("ill", "well")}, "have other targets"),
    "key": ({"digest": "e", "fingerprint": "other"}, "different project keys"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_members_that_do_not_agree_are_refused(tmp_path, case):
    options, message = REFUSED[case]
    paths = [
        member(tmp_path / "a", 1, fingerprint="k"),
        member(tmp_path / "b", 2, **options),
    ]
    with pytest.raises(DataError, match=message):
        made(tmp_path, paths)


def test_another_truth_is_refused_with_a_count(tmp_path):
    found = predictions(2)
    truth = found.truth.copy()
    truth[[3, 5, 9]] = 1 - truth[[3, 5, 9]]
    paths = [
        member(tmp_path / "a", 1),
        member(tmp_path / "b", 2, found=dataclasses.replace(found, truth=truth)),
    ]
    with pytest.raises(DataError, match=r"^3 patient\(s\) have another truth"):
        made(tmp_path, paths)


def test_wrong_usage_is_refused(tmp_path):
    paths = [member(tmp_path / "a", 1), member(tmp_path / "b", 2)]
    with pytest.raises(UsageError, match="two members or more"):
        made(tmp_path, paths[:1])
    with pytest.raises(UsageError, match="named twice"):
        made(tmp_path, [paths[0], paths[0]])
    folds = cross_validation(tmp_path / "cv", 3)
    with pytest.raises(UsageError, match="one is a cross-validation"):
        made(tmp_path, [paths[0], folds])
    with pytest.raises(DataError, match="were folded otherwise"):
        made(tmp_path, [folds, cross_validation(tmp_path / "two", 3, folds=2)])
    made(tmp_path, paths)
    with pytest.raises(UsageError, match="exists"):
        made(tmp_path, paths)
    with pytest.raises(UsageError, match="is an ensemble"):
        made(tmp_path, [paths[0], tmp_path / "both"], out="more")


def test_numbers_are_combined_in_their_units(tmp_path):
    target = Target(kind="regression", columns=("kpa", "age"))
    names = ("kpa", "age")
    columns = [ColumnStatistics(name=name, mean=10, deviation=3) for name in names]
    standards = Standards(column_statistics=tuple(columns))
    found = [several(numbered, names=names, noise=seed) for seed in (1.0, 2.0)]
    found[1] = dataclasses.replace(found[1], truth=found[0].truth)
    paths = [
        member(tmp_path / f"run{i}", i, found=each, target=target, standards=standards)
        for i, each in enumerate(found)
    ]
    answers, results = made(tmp_path, paths, "weighted")
    first, second = results["ensemble"]["fitted"][""]["weights"]
    assert first > second
    expected = first * found[0].outputs["pred"] + second * found[1].outputs["pred"]
    np.testing.assert_allclose(answers.outputs["pred"], expected, rtol=1e-7)
    assert results["ensemble"]["best_member"]["name"] == "run0"
    gain = results["ensemble"]["gain"]["by_objective"]["val_mae"]
    test = [np.array(each.split) == "test" for each in (answers, found[0])]
    errors = [
        np.abs(each.outputs["pred"] - each.truth)[rows].mean(axis=0).mean()
        for each, rows in zip((answers, found[0]), test)
    ]
    assert gain["difference"] == pytest.approx(errors[0] - errors[1], abs=1e-7)


def test_labels_that_do_not_exclude_each_other_keep_their_own_chances(tmp_path):
    names = ("cyst", "fat")
    target = Target(kind="multilabel", columns=names, classes=names)
    found = [several(labelled, names=names, signal=s) for s in (0.5, 1.5)]
    found[1] = dataclasses.replace(found[1], truth=found[0].truth)
    paths = [
        member(tmp_path / f"run{i}", i, found=each, target=target)
        for i, each in enumerate(found)
    ]
    answers, _ = made(tmp_path, paths)
    expected = (found[0].probabilities + found[1].probabilities) / 2
    np.testing.assert_allclose(answers.probabilities, expected, rtol=1e-8)
    with pytest.raises(UsageError, match="max is not for a target of kind multilabel"):
        made(tmp_path, paths, "max", out="max")


def several(of_split, **options):
    """All splits of predictions, of the same patients whatever the options."""
    return join(
        [
            of_split(20, split=split, seed=place, **options)
            for place, split in enumerate(("train", "validation", "test"))
        ]
    )


def test_a_rule_is_held_against_the_kind_of_target(tmp_path):
    classes = ("low", "middle", "high")
    options = {
        "classes": classes,
        "kind": TARGET_KINDS["ordinal"],
        "target": Target(kind="ordinal", classes=classes),
    }
    paths = [member(tmp_path / f"run{seed}", seed, **options) for seed in (1, 2)]
    with pytest.raises(UsageError, match="not for a target of kind ordinal"):
        made(tmp_path, paths, "max")
    found, _ = made(tmp_path, paths, "weighted")
    assert found.kind.name == "ordinal"
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-8)
