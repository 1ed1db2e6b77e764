"""A process that works for a chief, with folds that take a moment.

Arguments: data set, sweep, address of the chief, seconds of a fold, workers.
"""

import sys
from pathlib import Path

from pipelines import command
from tests.tuning.cluster import chiefs
from tests.tuning.sweeps import searches


class SlowWorker(searches.Worker):
    """Says which fold it begins, and which one it has done."""

    def run(self, task):
        name = f"{task.directory.parent.name}/{task.fold}"
        print("begun", name, flush=True)
        self.take(float(sys.argv[4]))
        result = super().run(task)
        print("done", name, flush=True)
        return result


def main(argv):
    data, out, target, _, workers = argv
    given = chiefs.Options(
        data=data, out=Path(out), worker=target, parallel=int(workers)
    )
    chiefs.worked(given, made=SlowWorker)
    return 0


if __name__ == "__main__":
    command.end_on_sigterm()
    command.leave(command.run(main))
