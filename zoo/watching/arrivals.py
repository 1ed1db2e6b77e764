"""Which studies of a watched folder are complete: what each look at it changes.

A file is opened once it was seen unchanged for a while, and read for its header alone.
A study is complete when no file of it came or changed for the quiet time, nothing that
may be of it is still being written, and its headers announce no more than is there.
"""

import math
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.readers.dicom import received_file
from pipelines.readers.dicom.received_file import ReceivedFile
from zoo.watching import folder
from zoo.watching.arriving import ArrivingStudy, State, WatchedFile
from zoo.watching.history import History
from zoo.watching.settings import WatchSettings


@dataclass(kw_only=True, eq=False)
class News:
    """What a look has found beside files of studies that are awaited.

    Args:
        ignored: number of files that are of no study, by why.
        late: files for studies that have their answer, by the study's record.
        unreadable_folders: how many may not be listed.
    """

    ignored: Counter[str] = field(default_factory=Counter)
    late: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    unreadable_folders: int = 0


class Arrivals:
    """The files and studies of a watched folder.

    Args:
        root: the folder.
        settings: when a study is complete.
        history: which studies and files have their answer.
        study_key: the id of a file's study, as the task takes it.
        read: gives a file's header, or why it is of no study.
        may_be_dicom: looks at no more than a file's first bytes.
        stopped: whether to break off a look, between two files.
    """

    def __init__(
        self,
        root: Path,
        settings: WatchSettings,
        history: History,
        *,
        study_key: Callable[[ReceivedFile], str],
        read: Callable[[str], ReceivedFile | str] = received_file.read,
        may_be_dicom: Callable[[str], bool] = received_file.may_be_dicom,
        stopped: Callable[[], bool] = lambda: False,
    ):
        self._root, self._settings, self._history = root, settings, history
        self._study_key, self._read = study_key, read
        self._may_be_dicom, self._stopped = may_be_dicom, stopped
        self._files: dict[str, WatchedFile] = {}
        self._new: dict[str, WatchedFile] = {}
        self._studies: dict[str, ArrivingStudy] = {}
        self._look = 0
        self._looked = self._relooked = -math.inf

    @property
    def files(self) -> int:
        """How many there are."""
        return len(self._files)

    @property
    def awaited(self) -> int:
        """How many studies are known and have no answer yet."""
        return len(self._studies)

    @property
    def is_idle(self) -> bool:
        """Whether no study is awaited, and no file whose study is not known."""
        return not (self._studies or self._new)

    def look(self, now: float) -> News:
        """Looks at the folder once.

        Args:
            now: seconds of the monotonic clock.

        Raises:
            OSError: the folder can't be listed.
        """
        self._look += 1
        is_relook = now - self._relooked >= self._settings.relook_s
        unreadable: list[str] = []
        for path, entry in folder.files(self._root, unreadable):
            try:
                self._see(path, entry, now, is_relook)
            except OSError:  # it went meanwhile, or its folder may not be entered
                continue
        if is_relook:
            self._relooked = now
        self._looked = now
        self._forget_those_gone(now, tuple(unreadable))
        return self._identify(now, is_relook, len(unreadable))

    def due(self, now: float, wall: float) -> ArrivingStudy | None:
        """A study that is complete, or was waited for long enough, if there is one.

        Of several the one whose files have been quiet for longest; behind all others
        those during which the process ended before.

        Args:
            now: seconds of the monotonic clock.
            wall: seconds since 1970.
        """
        studies = [
            study
            for study in self._quiet(now)
            if not study.missing or self._is_given_up(study, wall)
        ]
        ends = self._history.ends_amid
        order = {study.record: (ends(study.record), study.changed) for study in studies}
        return min(studies, key=lambda study: order[study.record], default=None)

    def paths(self, study: ArrivingStudy) -> tuple[str, ...]:
        """The files of a study, sorted."""
        return tuple(sorted(os.path.join(self._root, path) for path in study.files))

    def is_unchanged(self, study: ArrivingStudy, now: float) -> bool:
        """Whether the files of a study are there as they were seen.

        Those that are not count as changed now: the study is waited for again.
        """
        changed = []
        for path, file in study.files.items():
            try:
                status = os.lstat(os.path.join(self._root, path))
            except OSError:
                changed.append(path)
                continue
            if not file.is_as(status):
                changed.append(path)
        for path in changed:
            file = study.files[path]
            study.leave(path, now)
            file.state, file.since, file.size = State.NEW, now, -1  # seen anew
            self._new[path] = file
        self._drop_if_empty(study)
        return not changed

    def tokens(self, study: ArrivingStudy) -> list[bytes]:
        """What stands for its files in the journal."""
        return [self._token(path, file) for path, file in study.files.items()]

    def answered(self, study: ArrivingStudy) -> None:
        """Lets go of a study that has its answer."""
        for file in study.files.values():
            file.state, file.header, file.study = State.DONE, None, None
        del self._studies[study.record]

    def _token(self, path: str, file: WatchedFile) -> bytes:
        return self._history.token(path, file.size, file.mtime_ns)

    def _see(self, path: str, entry: os.DirEntry, now: float, is_relook: bool) -> None:
        """Notes a file as it is; one that nothing new is awaited of is not asked."""
        file = self._files.get(path)
        if file is None:
            self._meet(path, entry.stat(follow_symlinks=False), now)
            return
        file.look = self._look
        if not (
            file.state in (State.NEW, State.AWAITED)
            or is_relook
            or now - file.since < self._settings.relook_s
            or entry.inode() != file.inode
        ):
            return
        status = entry.stat(follow_symlinks=False)
        if file.is_as(status):
            file.inode = status.st_ino
            return
        grows = status.st_size > file.size and status.st_ino == file.inode
        file.size, file.mtime_ns = status.st_size, status.st_mtime_ns
        file.inode, file.since = status.st_ino, now
        if file.no_dicom and grows:  # a log that is written on
            return
        if file.study is not None:
            study = file.study
            study.leave(path, now)
            self._drop_if_empty(study)
        file.state = State.NEW
        self._new[path] = file

    def _meet(self, path: str, status: os.stat_result, now: float) -> None:
        file = WatchedFile(
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            inode=status.st_ino,
            first=now if math.isinf(self._looked) else self._looked,
            since=now,
            look=self._look,
        )
        self._files[path] = file
        if self._history.is_known(self._token(path, file)):
            file.state = State.DONE
        else:
            self._new[path] = file

    def _forget_those_gone(self, now: float, unreadable: tuple[str, ...]) -> None:
        gone = [
            path
            for path, file in self._files.items()
            if file.look != self._look and not path.startswith(unreadable)
        ]
        for path in gone:
            file = self._files.pop(path)
            self._new.pop(path, None)
            if file.study is not None:
                study = file.study
                study.leave(path, now)
                self._drop_if_empty(study)

    def _drop_if_empty(self, study: ArrivingStudy) -> None:
        if not study.files:
            del self._studies[study.record]

    def _identify(self, now: float, is_relook: bool, unreadable: int) -> News:
        """Reads the headers of files that have come to rest."""
        news = News(unreadable_folders=unreadable)
        for path, file in [*self._new.items()]:
            if self._stopped():
                break
            if folder.is_temporary(path) or file.size <= 0:
                continue
            fresh = now - file.since < self._settings.relook_s
            if file.refused and not (fresh or is_relook):
                continue
            full_path = os.path.join(self._root, path)
            try:
                if now - file.since >= self._settings.poll_s:
                    found = self._read(full_path)
                elif self._is_growing_for_long(file, now) and not self._may_be_dicom(
                    full_path
                ):
                    found = "not DICOM"
                else:
                    continue
            except FileNotFoundError:
                continue
            except OSError:
                news.ignored["may not be read"] += not file.refused
                file.refused = True
                continue
            file.refused = False
            if isinstance(found, ReceivedFile):
                self._place(path, file, found, news)
                continue
            file.no_dicom = found == "not DICOM" and not self._may_be_dicom(full_path)
            if file.no_dicom or now - file.since >= self._settings.quiet_s:
                del self._new[path]
                file.state = State.NOTHING
                news.ignored[found] += 1
        return news

    def _is_growing_for_long(self, file: WatchedFile, now: float) -> bool:
        return now - file.first > self._settings.quiet_s

    def _place(
        self, path: str, file: WatchedFile, found: ReceivedFile, news: News
    ) -> None:
        """Takes a file in with its study, or as late for one that has its answer."""
        del self._new[path]
        study_key = self._study_key(found)
        record = self._history.record(study_key)
        if record in self._history.answered:
            file.state = State.DONE
            news.late[record].append(self._token(path, file))
            return
        study = self._studies.get(record)
        if study is None:
            study = ArrivingStudy(
                record=record, study_key=study_key, changed=file.since
            )
            self._studies[record] = study
        study.join(path, file, found)

    def _quiet(self, now: float) -> list[ArrivingStudy]:
        """Studies whose quiet time is over, and that no file on its way can be of.

        A file that was first seen after a study's quiet time does not hold it up.
        """
        quiet_s = self._settings.quiet_s
        held = [f.first for p, f in self._new.items() if self._holds_up(p, f, now)]
        held_from = min(held, default=math.inf)
        return [
            study
            for study in self._studies.values()
            if study.changed + quiet_s <= now and study.changed + quiet_s < held_from
        ]

    def _holds_up(self, path: str, file: WatchedFile, now: float) -> bool:
        rests = now - file.since >= self._settings.poll_s  # and is not read, even so
        if rests or folder.is_temporary(path):
            return now - file.since < self._settings.quiet_s
        return now - file.first < self._settings.incomplete_after_s

    def _is_given_up(self, study: ArrivingStudy, wall: float) -> bool:
        since = self._history.short_since(study.record, len(study.files), wall)
        return wall - since >= self._settings.incomplete_after_s
