import shutil

import numpy as np
import pytest
from scipy.stats import ttest_rel

from pipelines import command
from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.repeated import dealt, repeated, repeats_of
from zoo import compare, ensemble, evaluate, predict
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import repeated as of_repeats
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import take
from zoo.runs import json_objects, repeated_ensemble


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch):
    """They take longer than all else."""
    monkeypatch.setattr(run_evaluation, "draw", lambda *_: {})


def run(of, *arguments):
    return command.run(of.main, [str(argument) for argument in arguments])


@pytest.fixture
def members(tmp_path):
    return [
        repeated(tmp_path / name, repeats_of(seed, noise=noise))
        for name, seed, noise in (("strong", 1, 0.5), ("weak", 2, 3.0))
    ]


def test_each_repeat_is_an_ensemble_and_all_are_judged_together(
    members, tmp_path, capsys
):
    out = tmp_path / "both"
    assert run(ensemble, *members, "--out", out) == 0
    printed = capsys.readouterr()
    assert "2 repeats of all folds, test predictions pooled in each" in printed.out
    assert "rule mean, members strong, weak" in printed.out
    assert "best member by validation AUC: strong" in printed.out
    assert "test, mean of 2 repeats: " in printed.out
    assert "mean over the folds of the AUC" in printed.out
    assert printed.out.splitlines()[-1] == str(out)

    made = repeated_ensemble.opened(out)
    assert (made.members, made.repeats) == (("strong", "weak"), 2)
    for number, path in enumerate(made.paths):
        assert ensembles.opened(path).names == ("strong", "weak")
        said = predictions_file.read(path / "predictions.csv")
        both = [
            in_order(repeats_of(seed, noise=noise)[number], said)
            for seed, noise in ((1, 0.5), (2, 3.0))
        ]
        wanted = np.mean([each.probabilities for each in both], axis=0)
        assert np.allclose(said.probabilities, wanted)
        assert said.fold == both[0].fold

    before = (out / "summary" / "repeats.json").read_bytes()
    shutil.rmtree(out / "summary")
    assert run(evaluate, out) == 0
    assert (out / "summary" / "repeats.json").read_bytes() == before
    capsys.readouterr()
    assert run(evaluate, out / "repeat-1") == 0
    assert "shown over" in capsys.readouterr().out
    one = members[0] / "repeat-0"
    for of, more in ((predict, ("--dicom", tmp_path)), (ensemble, (one,))):
        assert run(of, out, *more, "--out", tmp_path / "x.csv") == 2
        assert f"Name one of them: {out / 'repeat-0'}" in capsys.readouterr().err
    assert run(compare, out, members[0], "--bootstrap", "200") == 0
    assert "both: repeated predictions, test, the mean of 2" in capsys.readouterr().out


def in_order(predictions, wanted):
    rows = [predictions.sample_id.index(name) for name in wanted.sample_id]
    return take(predictions, rows)


def test_its_summary_is_the_mean_over_repeats(members, tmp_path):
    made, summary = of_repeats.make(members, rule="mean", out=tmp_path / "both")
    singles = [
        json_objects.read(path / "metrics.json")["ensemble"]["gain"]["by_objective"]
        for path in made.paths
    ]
    found = summary["ensemble"]["gain"]["by_objective"]
    for name, gain in found.items():
        each = [single[name]["difference"] for single in singles]
        assert gain["difference"] == pytest.approx(np.mean(each))
        assert gain["low"] < gain["difference"] < gain["high"]
    best = [
        json_objects.read(path / "metrics.json")["ensemble"]["best_member"]["values"]
        for path in made.paths
    ]
    assert summary["ensemble"]["best_member"]["values"] == {
        name: pytest.approx(np.mean([each[name] for each in best]))
        for name in ("strong", "weak")
    }
    assert summary == json_objects.read(made.summary_path / "repeats.json")


def test_the_gain_of_patients_is_the_t_test_of_their_means():
    """Of folds of one size the mean of their means is that of all patients."""
    mine, best = repeats_of(1, count=3, folds=1), repeats_of(2, count=3, folds=1)
    found = of_repeats.gains(mine, best, confidence=0.9)["brier"]
    errors = [
        np.mean([2 * (e.probabilities[:, 1] - e.label) ** 2 for e in each], axis=0)
        for each in (mine, best)
    ]
    wanted = ttest_rel(*errors)
    ends = wanted.confidence_interval(0.9)
    assert found["p"] == pytest.approx(wanted.pvalue)
    assert found["high"] / found["low"] == pytest.approx(ends.high / ends.low)


def test_a_patient_whom_the_best_member_lacks_has_no_part_in_the_gain():
    mine, best = repeats_of(1), [take(each, range(20)) for each in repeats_of(2)]
    assert of_repeats.gains(mine, best, confidence=0.95)["brier"]["patients"] == 20


def test_members_of_other_deals_leak(members, tmp_path):
    turned = [dealt(each, 3, 90 + r) for r, each in enumerate(repeats_of(3))]
    other = repeated(tmp_path / "turned", turned)
    with pytest.raises(DataError, match="judge one member"):
        of_repeats.make([members[0], other], rule="mean", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_members_are_repeated_alike(members, tmp_path):
    three = repeated(tmp_path / "three", repeats_of(3, count=3))
    with pytest.raises(UsageError, match="Received: 2 and 3 repeats. Go on with"):
        of_repeats.make([members[0], three], rule="mean", out=tmp_path / "out")
    with pytest.raises(UsageError, match="strong/repeat-0 is none|is none. Name repe"):
        of_repeats.are_repeated([members[0], members[1] / "repeat-0"])
    assert not of_repeats.are_repeated([each / "repeat-0" for each in members])


def test_what_is_no_ensemble_of_repeats(tmp_path):
    with pytest.raises(UsageError, match="nosuch does not exist"):
        repeated_ensemble.opened(tmp_path / "nosuch")
    with pytest.raises(DataError, match="is no ensemble of repeats"):
        repeated_ensemble.opened(tmp_path)
    made = repeated_ensemble.RepeatedEnsemble(
        path=tmp_path, rule="mean", members=("a", "b"), repeats=2
    )
    repeated_ensemble.write(made)
    assert repeated_ensemble.opened(tmp_path) == made
    file = tmp_path / "ensemble_repeats.json"
    text = file.read_text(encoding="utf-8").replace('"format": 1', '"format": 9')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="is of format 9, and this version reads 1"):
        repeated_ensemble.opened(tmp_path)
