"""How long commands take to answer, and training to its first step.

    python benchmarks/start_up.py [--rounds 5] [--against CHECKOUT] [--folder DIR]

Every figure is the median of as many rounds, each in a process of its own, in seconds
of the clock and of the processors. With --against another checkout of the project is
measured in turn with this one. The first step is that of `python -m zoo.train` on the
phantom cohort, which is made once before; what it consists of is told apart by hooks
around imports, the building of networks and Keras' `fit`.
"""

import argparse
import importlib.abc
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
ANSWERS = {
    "zoo.train --help": ["zoo.train", "--help"],
    "zoo.train --arch nosuch": ["zoo.train", "--arch", "nosuch"],
    "zoo.train --data nosuch": ["zoo.train", "--data", "nosuch"],
    "zoo.predict nosuch": ["zoo.predict", "nosuch", "--dicom", "."],
    "zoo.evaluate nosuch": ["zoo.evaluate", "nosuch"],
    "zoo.models nosuch": ["zoo.models", "nosuch"],
    "pipelines.ingest --help": ["pipelines.ingest", "--help"],
    "pipelines.ingest, no task": [
        *("pipelines.ingest", "--dicom", ".", "--task", "nosuch"),
        *("--key", "key", "--out", "out"),
    ],
    "pipelines.inspect nosuch": ["pipelines.inspect", "nosuch"],
}
ARCHITECTURES = ("inception", "cnn3d")
_BEGUN = "START_UP_BEGUN"  # environment variable: when the process was started
_CHILD = "to-first-step"
_BEFORE_FIT = ("python", "TensorFlow and Keras", "build")
_PATIENCE_SECONDS = 300


def processor_seconds():
    """What children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def called(command, root, folder):
    """Runs a command of a checkout; its Cost, and what it printed."""
    paths = os.pathsep.join((str(root), os.environ.get("PYTHONPATH", "")))
    begun, used = time.time(), processor_seconds()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, _BEGUN: repr(begun)},
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE_SECONDS,
    )
    return np.array([time.time() - begun, processor_seconds() - used]), done


class Clock(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Notes what the parts of a start take, in seconds.

    It stands between Python and the modules of `hooks`: their loading is timed, and
    then they are handed to their hook.
    """

    def __init__(self):
        self.parts = {}
        self._loaders = {}
        self._searched = ""
        self._loading = False
        self._hooks = {
            "tensorflow": lambda module: None,
            "keras": self.hook_keras,
            "zoo.classifier.classifier": self.hook_classifier,
        }

    def find_spec(self, name, path=None, target=None):
        if name not in self._hooks or name == self._searched:
            return None
        before, self._searched = self._searched, name  # it asks this finder too
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._searched = before
        self._loaders[name], spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self._loaders[spec.name].create_module(spec)

    def exec_module(self, module):
        name = module.__name__
        module.__spec__.loader = module.__loader__ = self._loaders[name]
        load = self._loaders[name].exec_module
        if name in ("tensorflow", "keras") and not self._loading:
            self._loading = True  # TensorFlow loads Keras by itself, or does not
            load = self.timed("TensorFlow and Keras", load)
        load(module)
        self._loading = False
        self._hooks[name](module)

    def hook_classifier(self, module):
        module.build = self.timed("build", module.build)

    def hook_keras(self, module):
        fit = module.Model.fit

        def fitted(*arguments, **named):
            from zoo.training.callbacks.progress import Progress

            Progress.on_train_batch_end = self.end
            self.parts["to fit"] = now()
            return fit(*arguments, **named)

        module.Model.fit = fitted

    def timed(self, part, function):
        """`function`, its seconds added to a part."""

        def wrapped(*arguments, **named):
            begun = now()
            try:
                return function(*arguments, **named)
            finally:
                self.parts[part] = self.parts.get(part, 0) + now() - begun

        return wrapped

    def end(self, *_, **__):
        """Prints the parts when the first step is done, and ends the process."""
        self.parts["to step"] = now()
        parts = {name: part.tolist() for name, part in self.parts.items()}
        print(json.dumps(parts), flush=True)
        os._exit(0)


def now():
    """Seconds since the process began, by the clock and of the processors."""
    clock = time.time() - float(os.environ[_BEGUN])
    return np.array([clock, time.process_time()])


def to_first_step(arguments):
    """Trains in this process to its first step; prints what that consisted of."""
    clock = Clock()
    sys.meta_path.insert(0, clock)
    from pipelines import command

    def main(argv):
        from zoo import train

        clock.parts["python"] = now()
        return train.main(argv)

    raise SystemExit(command.run(main, arguments))


def first_step(architecture, root, folder):
    """What a training's start consists of, by part."""
    with tempfile.TemporaryDirectory() as out:
        arguments = ["--arch", architecture, "--out", str(Path(out) / "run")]
        command = [str(Path(__file__).resolve()), _CHILD, *arguments]
        _, done = called(command, root, folder)
    if done.returncode:
        raise SystemExit(done.stderr)
    parts = json.loads(done.stdout.splitlines()[-1])
    parts = {name: np.array(part) for name, part in parts.items()}
    before = {name: parts.get(name, np.zeros(2)) for name in _BEFORE_FIT}
    return {
        **before,
        "other, to fit": parts["to fit"] - sum(before.values()),
        "fit to first step": parts["to step"] - parts["to fit"],
        "all to first step": parts["to step"],
    }


def measured(roots, folder, rounds):
    """Medians `[2]` by checkout, by what was measured; the checkouts in turn."""
    taken = {name: {} for name in roots}
    for _ in range(rounds):
        for name, root in roots.items():
            note = taken[name].setdefault
            for answer, (module, *arguments) in ANSWERS.items():
                cost, _ = called(["-m", module, *arguments], root, folder)
                note(answer, []).append(cost)
            for architecture in ARCHITECTURES:
                for part, cost in first_step(architecture, root, folder).items():
                    note(f"{architecture}: {part}", []).append(cost)
    return {
        name: {what: np.median(costs, axis=0).tolist() for what, costs in rows.items()}
        for name, rows in taken.items()
    }


def table(results):
    columns = [f"{name}, {kind}" for name in results for kind in ("clock", "CPU")]
    lines = [f"{'seconds':34}" + "".join(f"{column:>15}" for column in columns)]
    for what in next(iter(results.values())):
        cells = "".join(
            f"{value:15.2f}" for rows in results.values() for value in rows[what]
        )
        lines.append(f"{what:34}{cells}")
    return "\n".join(lines)


def main(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="to work in; has the phantom later"
    )
    asked = parser.parse_args(argv)
    from zoo.training import phantom_data

    with tempfile.TemporaryDirectory() as directory:
        folder = asked.folder or Path(directory)
        phantom_data.data_set(folder / "datasets")
        roots = {"before": asked.against.resolve()} if asked.against else {}
        results = measured(roots | {"now": ROOT}, folder, asked.rounds)
    print(json.dumps(results, indent=2))
    print(table(results))
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == [_CHILD]:
        sys.path.pop(0)  # this folder; the checkout is in PYTHONPATH
        to_first_step(sys.argv[2:])
    sys.path.insert(0, str(ROOT))
    from pipelines import command

    command.leave(command.run(main))
