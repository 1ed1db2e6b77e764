"""What KerasTuner itself makes of a sweep's files."""

import keras_tuner
import pytest

from tuning.trials import results


def check_reads(sweep):
    """Its own tuner opens the project, and finds the trials and the best of them."""

    class Theirs(keras_tuner.RandomSearch):
        def run_trial(self, trial):
            raise NotImplementedError

    theirs = Theirs(
        objective=keras_tuner.Objective("val_auc", "max"),
        directory=str(sweep.path),
        project_name="oracle",
        overwrite=False,
    )
    trials = results.trials(sweep)
    best = results.best(sweep, trials)
    assert theirs.oracle.get_best_trials()[0].score == pytest.approx(best.objective)
    read = {
        trial_id: (trial.status, trial.hyperparameters.values["head.pooling"])
        for trial_id, trial in theirs.oracle.trials.items()
    }
    assert read == {
        trial.trial_id: ("COMPLETED", trial.values["head.pooling"]) for trial in trials
    }
    assert set(theirs.oracle.end_order) == set(read)
    assert not theirs.oracle.ongoing_trials
