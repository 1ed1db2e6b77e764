"""Where the values come from that make subgroups."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.characteristics.columns import (
    FACTS,
    Column,
    by_patient,
    categorical,
    columns_of,
)
from pipelines.characteristics.covariate_file import CovariateFile
from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet, read_manifest
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.subgroups.request import FOLD, By

_AGE, _AGE_BAND = "age", "age_band"
_HIGHEST_BAND = 90


@dataclass(frozen=True, kw_only=True, eq=False)
class Sources:
    """The columns that there are: of a table, of a data set's manifest, the fold.

    Args:
        sample_ids: of the manifest's rows.
        manifest: its columns by name, one value a row.
        file: a table of one's own, whose columns come before those.
    """

    sample_ids: tuple[str, ...] = ()
    manifest: dict[str, Column]
    file: CovariateFile | None = None

    def column(self, by: By, predictions: Predictions) -> Column:
        """The values of the predictions' samples.

        Raises:
            DataError: a sample that the manifest has no row of, or a table of others.
        """
        if by.name == FOLD:
            return categorical(FOLD, predictions.fold)
        if self.file is not None and by.name in self.file.columns:
            return self.file.of(
                by.name,
                sample_ids=predictions.sample_id,
                patient_ids=predictions.patient_id,
            )
        row = {sample: place for place, sample in enumerate(self.sample_ids)}
        missing = [sample for sample in predictions.sample_id if sample not in row]
        if missing:
            raise DataError(
                f"{len(missing)} of {len(predictions)} samples, e.g. {missing[0]}, are "
                "not in the manifest of the data set. Name the data set by --data that "
                "the predictions are of"
            )
        column = self.manifest[_stored(by, self.manifest)]
        column = column.take([row[sample] for sample in predictions.sample_id])
        return column if column.name == by.name else _lowest_age(column)

    def check(self, asked: Sequence[By]) -> None:
        """Raises a UsageError for a column that is nowhere."""
        names = [FOLD, *(self.file.columns if self.file else ()), *self.manifest]
        for by in asked:
            if by.name not in names and _stored(by, self.manifest) not in names:
                raise UsageError(_nowhere(by, names, data=bool(self.manifest)))


def _nowhere(by: By, names: Sequence[str], *, data: bool) -> str:
    received = f"{by.name!r}" + (f" with the cuts {by.cuts}" if by.cuts else "")
    if data:
        cure = f"is one of {', '.join(dict.fromkeys(names))}"
        if by.name == _AGE:
            cure += "; age_band is cut by age:40,60, at whole decades up to 90"
    else:
        cure = (
            f"wants to know the patients: name the data set by --data ({_facts()} or a "
            "covariate of its task), or a table by --covariates"
        )
    return f"--by {cure}. Received: {received}"


def _facts() -> str:
    return ", ".join(FACTS)


def sources(data: DataSet | None, file: CovariateFile | None) -> Sources:
    """The columns of a data set and of a table, either of which may be none."""
    if data is None:
        return Sources(manifest={}, file=file)
    rows = read_manifest(data)
    return Sources(
        sample_ids=tuple(row.sample_id for row in rows),
        manifest=columns_of(rows, data.task),
        file=file,
    )


def of_patients(column: Column, predictions: Predictions) -> Column:
    """One value for each patient of the samples' predictions, in `by_patient` order."""
    return by_patient(column, predictions.patient_id)


def _stored(by: By, manifest: dict[str, Column]) -> str:
    """The column's name; `age` cut at decades is in `age_band` where it is nowhere."""
    decades = by.cuts and all(
        cut % 10 == 0 and 0 < cut <= _HIGHEST_BAND for cut in by.cuts
    )
    banded = by.name == _AGE and _AGE not in manifest and _AGE_BAND in manifest
    return _AGE_BAND if banded and decades else by.name


def _lowest_age(column: Column) -> Column:
    """The first year of every age band, as `60-69` and `90+` are written."""
    first = [float(level.rstrip("+").partition("-")[0]) for level in column.levels]
    values = [
        math.nan if math.isnan(value) else first[int(value)] for value in column.values
    ]
    return Column(name=_AGE, values=np.array(values))
