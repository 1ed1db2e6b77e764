"""KerasTuner's random, Bayesian, Hyperband and grid search, made to outlive a kill."""

from typing import Any

import numpy as np
from keras_tuner import oracles
from keras_tuner.engine.trial import TrialStatus

from tuning.oracles.durable import DurableOracle, failures_as_losers


class RandomOracle(DurableOracle, oracles.RandomSearchOracle):
    """Values drawn at random."""


class BayesianOracle(DurableOracle, oracles.BayesianOptimizationOracle):
    """A Gaussian process over the trials so far.

    Its starting points are drawn anew for each trial from seed and number of the trial:
    KerasTuner's generator begins from its start when a sweep goes on. Values that were
    tried give way to values drawn at random; KerasTuner tries them again.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Values for a trial, unless no more may begin."""
        self._random_state = np.random.RandomState([self.seed, len(self.trials)])
        response = super().populate_space(trial_id)
        if response["values"] and self._duplicate(response["values"]):
            return self._random_populate_space()
        return response


class HyperbandOracle(DurableOracle, oracles.HyperbandOracle):
    """Many trials of few epochs, of which the better ones get more."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Values for a trial, unless no more may begin."""
        with failures_as_losers(self):
            return super().populate_space(trial_id)

    def reload(self) -> None:
        """Reads the state; how many iterations there may be is not of it."""
        iterations = self.hyperband_iterations
        super().reload()
        self.hyperband_iterations = iterations


class GridOracle(DurableOracle, oracles.GridSearchOracle):
    """Every combination, in KerasTuner's order: the last parameter changes first.

    KerasTuner's own keeps neither the order nor what comes next in its state, so that
    one that goes on has nothing more to suggest. The space is declared as a whole
    beforehand, so what comes next is what follows the trial that began last.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """The next combination, unless no more may begin."""
        if self.remaining_trials() == 0 or self.stops():
            return {"status": TrialStatus.STOPPED, "values": None}
        if self.start_order:
            last = self.trials[self.start_order[-1]].hyperparameters.values
            values = self._get_next_combination(last)
        else:
            space = self.get_space()
            values = {hp.name: hp.default for hp in space.space if space.is_active(hp)}
        status = TrialStatus.STOPPED if values is None else TrialStatus.RUNNING
        return {"status": status, "values": values}
