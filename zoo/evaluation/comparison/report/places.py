"""Where the sources of a comparison lie, and what tables call them.

A source is named as on a command line:

RUN                  a run directory, or any directory with a predictions.csv
RUN/                 of `zoo.train --folds all`: the split that its summary judges,
                     every patient by the network that did not see it
RUN/                 of `zoo.train --folds all --repeats R`: the mean of its repeats
RUN:holdout          of all folds, dealt once: the mean of the folds' networks on the
                     patients set aside
RUN:baseline         the regression on covariates alone, of a run or of all folds
FILE                 a predictions.csv from elsewhere
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.tables import table_file
from zoo.runs import cross_validation, repeated_ensemble, repeats

BASELINE, HOLDOUT = "baseline", "holdout"
PREDICTIONS, DATA_SET = "predictions.csv", "dataset.json"
_RUN_FILES = ("recipe.toml", DATA_SET, "environment.json")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a source lies.

    Args:
        text: as it was named.
        path: without the part of it.
        part: `baseline`, `holdout` or "".
    """

    text: str
    path: Path
    part: str = ""

    @property
    def is_cross_validation(self) -> bool:
        """Whether it is the directory of `zoo.train --folds all`."""
        return cross_validation.is_there(self.path)

    @property
    def is_repeated(self) -> bool:
        """Whether it has repeats: of a cross-validation, or of an ensemble of such."""
        return repeats.is_there(self.path) or repeated_ensemble.is_there(self.path)

    @property
    def repeat_paths(self) -> tuple[Path, ...]:
        """The directory of each repeat.

        Raises:
            DataError: one is not trained to its end.
        """
        if repeated_ensemble.is_there(self.path):
            return repeated_ensemble.opened(self.path).paths
        repeated = repeats.opened(self.path)
        repeats.check_judged(repeated)
        return repeated.paths

    @property
    def is_run(self) -> bool:
        """Whether it is a run directory of `zoo.train`."""
        return all((self.path / name).is_file() for name in _RUN_FILES)


def place(text: str) -> Place:
    """Where the source of a text is, if it is there.

    Raises:
        UsageError: nothing is there, or it has no such part.
        DataError: a directory without predictions.
    """
    path, part = Path(text), ""
    start, mark, end = text.rpartition(":")
    if not path.exists() and mark and end in (BASELINE, HOLDOUT):
        path, part = Path(start), end
    if not (path.exists() or table_file.is_file(path)):
        raise UsageError(
            f"{path} does not exist. Name a run directory, that of all folds, or a "
            "predictions.csv"
        )
    found = Place(text=text, path=path, part=part)
    if part == HOLDOUT and found.is_repeated:
        raise UsageError(
            f"{text}: the patients set aside are judged by one cross-validation. Name "
            f"the first of its repeats: {path / 'repeat-0'}:{HOLDOUT}"
        )
    if part == HOLDOUT and not found.is_cross_validation:
        raise UsageError(
            f"{text}: a hold-out set is judged by all folds together. Name the "
            "directory that `zoo.train --folds all` made"
        )
    trained = found.is_cross_validation or found.is_run or repeats.is_there(path)
    if part == BASELINE and not trained:
        raise UsageError(
            f"{text}: a run of zoo.train has a covariate baseline. {path} is none"
        )
    pooled = found.is_cross_validation or found.is_repeated
    if pooled or table_file.is_file(path):
        return found
    if not (path / PREDICTIONS).is_file():
        raise DataError(
            f"{path} has no {PREDICTIONS}. Name a run that is trained to its end, the "
            "directory of all folds, or a file of predictions"
        )
    return found


def names_of(places: Sequence[Place]) -> list[str]:
    """Short ones, without folders unless they are needed to tell two apart.

    Raises:
        UsageError: a source is named twice.
    """
    ends = [_parts(each) for each in places]
    for depth in range(1, 1 + max(map(len, ends))):
        names = [
            "/".join(parts[-depth:]) + (f":{each.part}" if each.part else "")
            for parts, each in zip(ends, places)
        ]
        if len(set(names)) == len(names):
            return names
    raise UsageError(
        "a source is named twice, and a model does not differ from itself. Received: "
        f"{', '.join(each.text for each in places)}"
    )


def _parts(place: Place) -> tuple[str, ...]:
    """The path's, a predictions.csv by its directory."""
    path = place.path.resolve()
    if path.name == PREDICTIONS:
        return path.parent.parts
    return path.with_suffix("").parts if table_file.is_file(path) else path.parts
