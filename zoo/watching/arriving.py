"""A file and a study of a watched folder, as far as they have come."""

import enum
import os
from dataclasses import dataclass, field

from pipelines.readers.dicom.received_file import ReceivedFile
from zoo.watching import completeness


class State(enum.Enum):
    """What is known of a file."""

    NEW = "whose it is is not known yet"
    NOTHING = "it is of no study"
    AWAITED = "its study has no answer yet"
    DONE = "its study has an answer"


@dataclass(slots=True, eq=False)
class WatchedFile:
    """A file as it was last seen.

    Args:
        size, mtime_ns, inode: of its status.
        first: when it was not there yet: the look before the first that saw it, in
            seconds of the monotonic clock.
        since: when it was first seen as it is.
        look: number of the look that saw it last.
        refused: it could not be opened.
        no_dicom: it begins as no DICOM file does.
        header: of a file that is awaited.
        study: the record of that file's study.
    """

    size: int
    mtime_ns: int
    inode: int
    first: float
    since: float
    look: int
    state: State = State.NEW
    refused: bool = False
    no_dicom: bool = False
    header: ReceivedFile | None = None
    study: "ArrivingStudy | None" = None

    def is_as(self, status: os.stat_result) -> bool:
        """Whether size and time are those of a status."""
        return (self.size, self.mtime_ns) == (status.st_size, status.st_mtime_ns)


@dataclass(slots=True, eq=False)
class ArrivingStudy:
    """What has come of a study that has no answer yet. Private.

    Args:
        record: its pseudonym.
        study_key: its id.
        changed: when a file of it last came, changed or went.
        files: by the path below the folder.
    """

    record: str
    study_key: str
    changed: float
    files: dict[str, WatchedFile] = field(default_factory=dict)
    _missing: str | None = None

    @property
    def missing(self) -> str:
        """What it lacks by its own headers, in words; "" = nothing."""
        if self._missing is None:
            self._missing = completeness.missing(
                [file.header for file in self.files.values()]
            )
        return self._missing

    @property
    def patient_id(self) -> str:
        """As its first image has it, or else any of its files."""
        headers = sorted(
            (not file.header.images, path, file.header.patient_id)
            for path, file in self.files.items()
        )
        return headers[0][2]

    def join(self, path: str, file: WatchedFile, header: ReceivedFile) -> None:
        """Takes a file in."""
        file.state, file.header, file.study = State.AWAITED, header, self
        self.files[path] = file
        self.changed = max(self.changed, file.since)
        self._missing = None

    def leave(self, path: str, now: float) -> None:
        """Lets go of a file that changed or went."""
        file = self.files.pop(path)
        file.header = file.study = None
        self.changed = now
        self._missing = None
