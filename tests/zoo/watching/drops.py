"""A watched folder of small text files, a clock that tests turn, and a small model."""

import io
import json
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import load_key
from pipelines.readers.dicom.received_file import ReceivedFile
from tests.pipelines.records import small
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction
from zoo.watching.answers import Answers
from zoo.watching.arrivals import Arrivals
from zoo.watching.event_log import EventLog
from zoo.watching.history import History
from zoo.watching.report_directory import ReportDirectory
from zoo.watching.settings import STATE, WatchSettings
from zoo.watching.watch import Watcher

FACTS = ModelFacts(name="small", task=small.task(channels=("T1",), shape=(8, 8, 8)))
IDENTITY = ModelIdentity(architectures=("cnn3d",), digests=("ab" * 32,))
SETTINGS = WatchSettings(quiet_s=30.0, incomplete_after_s=600.0)


class FakeClock:
    """Time passes where somebody waits; `meanwhile` is called then."""

    def __init__(self, now=1000.0, meanwhile=lambda: None):
        self.time, self.stop_asked, self.meanwhile = now, False, meanwhile

    def now(self):
        return self.time

    def wall(self):
        return 1_900_000_000.0 + self.time

    def pause(self, seconds):
        self.time += seconds
        self.meanwhile()


@dataclass
class FakeModel:
    """Says of each study which files it was given; `faults` are raised by its key."""

    asked: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)
    facts: ModelFacts = FACTS
    identity: ModelIdentity = IDENTITY
    folds: tuple = ()
    members: tuple = ()
    served: None = None

    def predictions(self, files):
        headers = [read(path) for path in files]
        key = headers[0].study_uid
        assert {header.study_uid for header in headers} == {key}
        self.asked.append((key, len(files)))
        if key in self.faults:
            raise self.faults[key]
        return [prediction(key)]


def prediction(key):
    """An answer that tells one study from another."""
    share = int(key.rpartition(".")[2]) / 100
    outputs = {
        "probabilities": np.array([1 - share, share], np.float32),
        "label": np.array("no"),
    }
    ids = {"patient_id": f"patient of {key}", "study_id": key}
    return Prediction(number=1, name="study 1", ids=ids, outputs=outputs)


@dataclass
class FakeReports:
    """Makes reports that are no two alike; `faults` are raised by a study's key."""

    made: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)

    def __call__(self, prediction, facts, identity):
        key = prediction.ids["study_id"]
        if key in self.faults:
            raise self.faults[key]
        self.made.append((key, prediction.name))
        content = f"{key}, the {len(self.made)}th".encode()
        return {end: content for end in ("report.dcm", "picture.dcm")}


def drop(root, path, study="1.2.3", **said):
    """Writes a whole file of a study; `said` is what its header says."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    said = {"series_uid": f"{study}.1", "sop_uid": f"{study}.{path}", **said}
    about = {"patient_id": f"patient of {study}", "study_uid": study, **said}
    (root / path).write_text(json.dumps(about), encoding="utf-8")


def read(path):
    """In the place of `received_file.read`."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not text.startswith("{"):
        return "not DICOM"
    if not text.endswith("}"):
        return "unreadable"
    return ReceivedFile(**json.loads(text))


def may_be_dicom(path):
    with open(path, encoding="utf-8") as file:
        return file.read(1) in ("{", "")


@dataclass
class Place:
    """A watched folder and the directory of its answers."""

    root: object
    out: object
    key: object
    sr: object
    clock: FakeClock = field(default_factory=FakeClock)
    stream: io.StringIO = field(default_factory=io.StringIO)

    @classmethod
    def make(cls, folder, **options):
        for name in ("in", f"out/{STATE}", "sr"):
            (folder / name).mkdir(parents=True)
        load_key(folder / "key")
        paths = [folder / name for name in ("in", "out", "key", "sr")]
        return cls(*paths, **options)

    @property
    def log(self):
        """The lines that were logged."""
        return self.stream.getvalue().splitlines()

    def history(self):
        return History(self.out / STATE / "journal.jsonl", load_key(self.key))

    def arrivals(self, history=None, settings=SETTINGS):
        return Arrivals(
            self.root,
            settings,
            history or self.history(),
            study_key=lambda file: file.study_uid,
            read=read,
            may_be_dicom=may_be_dicom,
        )

    def watcher(self, model, settings=SETTINGS, *, with_ids=False, make=None):
        """A watcher as a new process would make it, begun.

        Args:
            make: reports; none = none are written.
        """
        history = self.history()
        answers = Answers(directory=self.out, history=history, with_ids=with_ids)
        watcher = Watcher(
            settings=settings,
            arrivals=self.arrivals(history, settings),
            answers=answers,
            history=history,
            linkage=partial(Linkage.beside, self.key),
            model=model,
            clock=self.clock,
            log=EventLog(self.clock, self.stream),
            reports=ReportDirectory(path=self.sr, make=make) if make else None,
        )
        watcher.begin()
        return watcher

    def rows(self):
        """Name and error of every row of the table."""
        text = (self.out / "result.csv").read_text(encoding="utf-8-sig")
        lines = [line.split(",") for line in text.splitlines()[1:]]
        return [(cells[1], ",".join(cells[5:])) for cells in lines]

    def files(self, folder):
        return sorted(path.stem for path in (self.out / folder).glob("*"))

    def record(self, study):
        return self.history().record(study)
