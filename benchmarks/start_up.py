"""How long commands take to answer, and training to its first step.

    python benchmarks/start_up.py [--rounds 5] [--against CHECKOUT] [--datasets DIR]

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
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
_LOADED = ("tensorflow", "keras")


def processor_seconds():
    """What children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def called(command, root, folder):
    """Runs a command of a checkout; seconds, processor seconds and its output."""
    paths = os.pathsep.join((str(root), os.environ.get("PYTHONPATH", "")))
    begun, used = time.time(), processor_seconds()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, _BEGUN: repr(begun)},
        capture_output=True,
        text=True,
    )
    return time.time() - begun, processor_seconds() - used, done


class Clock(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Notes what the parts of a start take, in seconds."""

    def __init__(self):
        self.parts = dict.fromkeys((*_LOADED, "build", "to fit"), 0.0)
        self._loaders = {}

    def find_spec(self, name, path=None, target=None):
        if name not in _LOADED or name in self._loaders:
            return None
        self._loaders[name] = None
        spec = importlib.util.find_spec(name)
        self._loaders[name], spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self._loaders[spec.name].create_module(spec)

    def exec_module(self, module):
        name = module.__name__
        module.__spec__.loader = module.__loader__ = self._loaders[name]
        self.timed(name, self._loaders[name].exec_module)(module)
        if name == "keras":
            module.Model.fit = self.fitting(module.Model.fit)

    def timed(self, part, function):
        """`function`, its seconds added to a part."""

        def wrapped(*arguments, **named):
            begun = time.time()
            try:
                return function(*arguments, **named)
            finally:
                self.parts[part] += time.time() - begun

        return wrapped

    def fitting(self, fit):
        """Keras' fit, which ends the process after its first step."""

        def wrapped(*arguments, **named):
            from zoo.training.callbacks.progress import Progress

            self.parts["to fit"] = time.time() - float(os.environ[_BEGUN])
            Progress.on_train_batch_end = self.end
            return fit(*arguments, **named)

        return wrapped

    def end(self, *_, **__):
        self.parts["first step"] = time.time() - float(os.environ[_BEGUN])
        print(json.dumps(self.parts), flush=True)
        os._exit(0)


def to_first_step(arguments):
    """Trains, in this process, to the first step, and prints what it consisted of."""
    clock = Clock()
    sys.meta_path.insert(0, clock)
    from pipelines import command
    from zoo import train

    def main(argv):
        return train.main(argv)

    importing = importlib.import_module

    def import_module(name, package=None):
        return importing(name, package)

    importlib.import_module = import_module
    sys.meta_path.insert(0, _Built(clock))
    raise SystemExit(command.run(main, arguments))


class _Built(importlib.abc.MetaPathFinder):
    """Has the module that builds networks be timed."""

    def __init__(self, clock):
        self._clock = clock

    def find_spec(self, name, path=None, target=None):
        if name != "zoo.classifier.classifier":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def timed(module):
            execute(module)
            module.build = self._clock.timed("build", module.build)

        spec.loader.exec_module = timed
        return spec
