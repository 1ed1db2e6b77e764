"""Which worker runs a trial: OUT/leases/<trial>.json, written under the lock."""

from collections.abc import Container
from pathlib import Path

from pipelines.storage import atomic_files
from tuning.cluster.heartbeat import Heartbeat
from zoo.runs import json_objects

FOLDER = "leases"
_WORKER = "worker"


class Leases:
    """The trials that workers hold, as one of them sees it.

    Args:
        sweep: the sweep's directory.
        heartbeat: of the worker that looks.
    """

    def __init__(self, sweep: Path, heartbeat: Heartbeat):
        self._folder = sweep / FOLDER
        self._heartbeat = heartbeat

    def holder(self, trial_id: str) -> str | None:
        """Name of the worker that holds a trial; none where nobody does."""
        path = self._path(trial_id)
        if not path.is_file():
            return None
        content = json_objects.read(path)
        return json_objects.entry(content, _WORKER, str, path=path)

    def is_mine(self, trial_id: str) -> bool:
        """Whether the worker that looks holds a trial."""
        return self.holder(trial_id) == self._heartbeat.name

    def take(self, trial_id: str) -> None:
        """Has the worker that looks hold a trial."""
        self._folder.mkdir(exist_ok=True)
        text = json_objects.text({_WORKER: self._heartbeat.name})
        atomic_files.write_text(self._path(trial_id), text)

    def give_back(self, trial_id: str) -> None:
        """Has nobody hold a trial."""
        self._path(trial_id).unlink(missing_ok=True)

    def of_others(self, ended: Container[str]) -> dict[str, str]:
        """Trials that others hold and are at, with the names of these.

        Leases of trials that have ended, and of silent workers, are removed.

        Args:
            ended: numbers of the trials that have.
        """
        held = {}
        self._heartbeat.look()
        for path in sorted(self._folder.glob("[!.]*.json")):
            name = self.holder(path.stem)
            if name == self._heartbeat.name and path.stem not in ended:
                continue
            if path.stem in ended or self._heartbeat.is_silent(name):
                self.give_back(path.stem)
            else:
                held[path.stem] = name
        return held

    def _path(self, trial_id: str) -> Path:
        return self._folder / f"{trial_id}.json"


def are_there(sweep: Path) -> bool:
    """Whether workers hold trials of a sweep, or did when they were killed."""
    return any((sweep / FOLDER).glob("[!.]*.json"))
