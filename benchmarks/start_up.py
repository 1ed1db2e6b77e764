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
_CHILD = "to-first-step"
_BEFORE_FIT = ("python", "tensorflow", "keras", "build")


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
        timeout=90,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, _BEGUN: repr(begun)},
        capture_output=True,
        text=True,
    )
    return time.time() - begun, processor_seconds() - used, done


class Clock(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Notes what the parts of a start take, in seconds.

    It stands between Python and the modules of `hooks`: their loading is timed, and
    then they are handed to their hook.
    """

    def __init__(self):
        self.parts = {}
        self._loaders = {}
        self._searched = ""
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
        self.timed(name, self._loaders[name].exec_module)(module)
        self._hooks[name](module)

    def hook_classifier(self, module):
        module.build = self.timed("build", module.build)

    def hook_keras(self, module):
        fit = module.Model.fit

        def fitted(*arguments, **named):
            from zoo.training.callbacks.progress import Progress

            Progress.on_train_batch_end = self.end
            self.parts["to fit"] = since_begun()
            return fit(*arguments, **named)

        module.Model.fit = fitted

    def timed(self, part, function):
        """`function`, its seconds added to a part."""

        def wrapped(*arguments, **named):
            begun = time.time()
            try:
                return function(*arguments, **named)
            finally:
                taken = time.time() - begun
                self.parts[part] = self.parts.get(part, 0.0) + taken

        return wrapped

    def end(self, *_, **__):
        """Prints the parts when the first step is done, and ends the process."""
        self.parts["to step"] = since_begun()
        print(json.dumps(self.parts), flush=True)
        os._exit(0)


def since_begun():
    return time.time() - float(os.environ[_BEGUN])


def to_first_step(arguments):
    """Trains in this process to its first step; prints what that consisted of."""
    clock = Clock()
    sys.meta_path.insert(0, clock)
    from pipelines import command

    def main(argv):
        from zoo import train

        clock.parts["python"] = since_begun()
        return train.main(argv)

    raise SystemExit(command.run(main, arguments))


def first_step(architecture, root, folder):
    """Seconds of the parts of a start, and of the processors."""
    with tempfile.TemporaryDirectory() as out:
        arguments = ["--arch", architecture, "--out", str(Path(out) / "run")]
        command = [str(Path(__file__).resolve()), _CHILD, *arguments]
        _, used, done = called(command, root, folder)
    if done.returncode:
        raise SystemExit(done.stderr)
    parts = json.loads(done.stdout.splitlines()[-1])
    fit, whole = parts.pop("to fit"), parts["to step"]
    other = fit - sum(parts.get(name, 0.0) for name in _BEFORE_FIT)
    return {
        **{name: parts.get(name, 0.0) for name in _BEFORE_FIT},
        "other, to fit": other,
        "fit to first step": whole - fit,
        "first step": whole,
        "first step, processors": used,
    }


def measured(roots, folder, rounds):
    """Medians by checkout, by what was measured; the checkouts in turn."""
    taken = {name: {} for name in roots}
    for _ in range(rounds):
        for name, root in roots.items():
            note = taken[name].setdefault
            for answer, (module, *arguments) in ANSWERS.items():
                clock, used, _ = called(["-m", module, *arguments], root, folder)
                note(answer, []).append(clock)
                note(f"{answer}, processors", []).append(used)
            for architecture in ARCHITECTURES:
                parts = first_step(architecture, root, folder)
                for part, seconds in parts.items():
                    note(f"{architecture}: {part}", []).append(seconds)
    return {
        name: {what: statistics.median(values) for what, values in rows.items()}
        for name, rows in taken.items()
    }


def table(results):
    names = list(results)
    lines = [f"{'seconds':42}" + "".join(f"{name:>10}" for name in names)]
    for what in results[names[0]]:
        cells = "".join(f"{results[name][what]:10.2f}" for name in names)
        lines.append(f"{what:42}{cells}")
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
