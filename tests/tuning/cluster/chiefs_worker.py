"""A process that works for a chief, with folds that take a moment.

Arguments: data set, sweep, address of the chief, seconds of a fold.
"""

import sys
import time
from pathlib import Path

from tests.tuning.cluster import chiefs
from tests.tuning.sweeps import searches


class SlowWorker(searches.Worker):
    """Says which fold it begins, and which one it has done."""

    def run(self, task):
        name = f"{task.directory.parent.name}/{task.fold}"
        print("begun", name, flush=True)
        time.sleep(float(sys.argv[4]))
        result = super().run(task)
        print("done", name, flush=True)
        return result


def main():
    data, out, target = sys.argv[1:4]
    given = chiefs.Options(data=data, out=Path(out), worker=target)
    chiefs.worked(given, made=SlowWorker)


if __name__ == "__main__":
    main()
