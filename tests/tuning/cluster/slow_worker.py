"""A process that works on a shared sweep, with folds that take a moment.

Arguments: folder, data set, sweep, seconds of a fold, workers, seconds of silence.
"""

import sys
from pathlib import Path

import pipelines
from pipelines import command
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
            self.take(float(sys.argv[4]))
        result = super().run(task)
        for trial_id, fold in self.noted:
            print("done", f"{trial_id}/{fold}", flush=True)
        self.noted.clear()
        return result


def main(argv):
    folder, data, out = map(Path, argv[:3])
    asked = searches.search(
        folder,
        pipelines.open_dataset(data),
        join=True,
        parallel=int(argv[4]),
        silent=f"{argv[5]}s",
        max_trials=5,
    )
    sweep = joining.opened_or_begun(out, asked)
    joining.run(sweep, asked, budget=Budget(out), watch=silent, make_worker=SlowWorker)
    return 0


if __name__ == "__main__":
    command.end_on_sigterm()
    command.leave(command.run(main))
