"""A model to try the page with: a phantom cohort, a run on it, its export, a study.

Every step is a command of the project in a process of its own; what a step made stays
and is not made again.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import output_paths
from zoo.prediction import finished_runs
from zoo.training import phantom_data

NAME = "phantom"
_NOTICE = (
    "The demonstration trains on invented patients, whose planted sign is easy to see: "
    "it shows the way of a study and says nothing of medicine."
)
# As the README has measured it.
_TRAINING_TAKES = "Training takes 6 to 8 minutes on 2 CPU cores, once."
_EXPORT_TAKES = "Its export, which is held to the run, takes some more."
_SEED_OF_NEW = 1  # the cohort's is 0: nobody of it was trained on


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """A folder that holds all that the demonstration makes.

    Args:
        folder: new, empty, or that of a demonstration before.
        training: options of `zoo.train`, those of the README's main command.
    """

    folder: Path
    training: tuple[str, ...] = ("--arch", "inception")

    def __post_init__(self):
        output_paths.check_directory(self.folder / NAME, "the demonstration")
        known = ("datasets", "run", "saved_models", "study_to_drop")
        foreign = self.folder.is_dir() and [
            path.name for path in self.folder.iterdir() if path.name not in known
        ]
        if foreign:
            raise UsageError(
                f"{self.folder} holds what no demonstration made: {foreign[0]}. Name a "
                "new folder by --demo"
            )

    @property
    def run(self) -> Path:
        """Where the run is, or will be."""
        return self.folder / "run"

    @property
    def root(self) -> Path:
        """Likewise the model root."""
        return self.folder / "saved_models"

    @property
    def study(self) -> Path:
        """Likewise the folder to drop: DICOM of a patient that nobody trained on."""
        return self.folder / "study_to_drop"

    @property
    def is_trained(self) -> bool:
        """Whether the run is there and done."""
        if not self.run.is_dir():
            return False
        try:
            finished_runs.by_fold(self.run)
        except DataError:
            return False
        return True

    def steps(self) -> list[list[str]]:
        """The commands that are still to be run, in their order, in the folder."""
        steps = []
        if not (self.root / NAME).is_dir():
            if not self.is_trained:
                steps.append(self._training())
            steps.append(["zoo.export", "run", "--name", NAME, "--to", self.root.name])
        if not self.study.is_dir():
            options = ("--patients", "2", "--seed", str(_SEED_OF_NEW))
            steps.append(["pipelines.phantom", self.study.name, *options])
        return steps

    def _training(self) -> list[str]:
        """The README's main command; of a run that was broken off what goes on."""
        if not self.run.is_dir():
            return ["zoo.train", *self.training, "--out", "run"]
        data = phantom_data.data_set(self.folder / "datasets")
        place = data.relative_to(self.folder)
        return ["zoo.train", "--resume", "--out", "run", "--data", str(place)]


def prepare(demonstration: Demonstration) -> None:
    """Makes what is not there yet, and says first how long that takes.

    Raises:
        DataError: a step failed; its own words stand above.
    """
    steps = demonstration.steps()
    print(_NOTICE, flush=True)
    commands = [step[0] for step in steps]
    if "zoo.train" in commands:
        print(_TRAINING_TAKES, flush=True)
    if "zoo.export" in commands:
        print(_EXPORT_TAKES, flush=True)
    print(f"All of it is in {demonstration.folder} and nothing elsewhere", flush=True)
    demonstration.root.mkdir(parents=True, exist_ok=True)
    for number, step in enumerate(steps, 1):
        print(f"step {number} of {len(steps)}: python -m {' '.join(step)}", flush=True)
        code = _run(step, demonstration.folder)
        if code:
            raise DataError(
                f"python -m {step[0]} ended with code {code}; what stands above says "
                "why. The same command goes on from there"
            )


def _run(step: Sequence[str], folder: Path) -> int:
    """The exit code of a command; it ends with this process, however that ends."""
    search = os.pathsep.join(os.path.abspath(path or os.getcwd()) for path in sys.path)
    environment = {**os.environ, "PYTHONPATH": search, "PYTHONSAFEPATH": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", *step], cwd=folder, env=environment
    )
    try:
        return process.wait()
    except BaseException:  # Ctrl-C reaches the step as well, SIGTERM does not
        process.terminate()
        process.wait()
        raise


def what_to_do(demonstration: Demonstration) -> list[str]:
    """What to do with the page, in lines."""
    patients = sorted((demonstration.study / "dicom").iterdir())
    return [
        "open the page and drop this folder, of a patient who was not trained on:",
        f"  {patients[0].absolute()}",
        "Ctrl-C ends it",
    ]
