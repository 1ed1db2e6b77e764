import dataclasses

from tests.tuning.reporting import made_up
from tuning.reporting import luck
from tuning.trials import repeats, results

VALUES = {"arch": "cnn3d"}


def test_of_equal_networks_the_lead_is_luck(tmp_path):
    """Trials differ by the noise of their predictions alone."""
    sweep = made_up.sweep(tmp_path / "s")
    trials = [made_up.trial(number, 0.7, VALUES) for number in range(8)]
    for trial in trials:
        made_up.put(sweep, trial, noise=1.0)
    found = luck.luck(sweep, trials, resamples=200)
    assert found.corrected.luck > 0.01
    assert found.corrected.estimate < found.corrected.naive
    assert (found.trials, found.corrected.patients) == (8, 60)


def test_of_repeats_each_patient_is_drawn_in_all(tmp_path):
    """Sixty patients, whom three deals judge: not 180."""
    folds = repeats.names(["0", "1"], 3)
    sweep = made_up.sweep(tmp_path / "s", folds=folds, repeats=3)
    trials = [made_up.trial(n, 0.7, VALUES, folds=folds) for n in range(6)]
    for trial in trials:
        made_up.put(sweep, trial, noise=1.0)
    found = luck.luck(sweep, trials, resamples=200)
    assert found.corrected.patients == 60
    assert found.corrected.luck > 0
    once = made_up.sweep(tmp_path / "once")
    for trial in trials:
        made_up.put(once, dataclasses.replace(trial, folds=trial.folds[:2]), noise=1.0)
    (width, wider) = (
        corrected.interval.high - corrected.interval.low
        for corrected in (
            found.corrected,
            luck.luck(once, results.trials(once), resamples=200).corrected,
        )
    )
    assert 0 < width < wider


def test_abandoned_trials_are_no_candidates(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    trials = [made_up.trial(number, 0.7, VALUES) for number in range(3)]
    trials.append(made_up.trial(3, 0.6, VALUES, folds=("0",), state="abandoned"))
    for trial in trials:
        made_up.put(sweep, trial)
    assert luck.luck(sweep, trials, resamples=50).trials == 3


def test_an_objective_that_there_is_not_says_so(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", objective="val_nosuch")
    trials = [made_up.trial(number, 0.7, VALUES) for number in range(2)]
    for trial in trials:
        made_up.put(sweep, trial)
    assert "there is no objective 'val_nosuch'" in luck.luck(sweep, trials).reason
