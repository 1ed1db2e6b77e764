"""A process that works on a shared sweep, with folds that take a moment.

Arguments: folder, data set, sweep, seconds of a fold, word of each fold begun.
"""

import sys
import time
from pathlib import Path

import pipelines
from tests.tuning.sweeps import searches
from tuning.cluster import joining
from tuning.trials.budget import Budget
from tuning.trials.work import silent


class SlowWorker(searches.Worker):
    """Says which fold it begins, and writes down which one it has done."""

    def run(self, task):
        name = f"{task.directory.parent.name}/{task.fold}"
        if not (task.directory / "result.json").exists():
            print("begun", name, flush=True)
            time.sleep(float(sys.argv[4]))
        result = super().run(task)
        for trial_id, fold in self.noted:
            print("done", f"{trial_id}/{fold}", flush=True)
        self.noted.clear()
        return result


def main():
    folder, data, out = map(Path, sys.argv[1:4])
    asked = searches.search(
        folder, pipelines.open_dataset(data), join=True, silent="1s", max_trials=5
    )
    sweep = joining.opened_or_begun(out, asked)
    joining.run(sweep, asked, budget=Budget(out), watch=silent, make_worker=SlowWorker)


if __name__ == "__main__":
    main()
