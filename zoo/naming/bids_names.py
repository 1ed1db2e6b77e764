"""Names in the manner of BIDS for named series, and a folder of links under them.

Numbers stand for patients and studies, in the order of the rows: such a name says
nothing of anybody.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from zoo.naming.series_row import SeriesRow


def bids_names(rows: Iterable[SeriesRow]) -> dict[str, str]:
    """By series_id, of series that have a name: `sub-001/ses-01/sub-001_ses-01_T2WI`.

    Where a study has several of a sequence they are told apart by `_run-1`, `_run-2`.
    """
    rows = list(rows)
    patients = _numbers(row.patient_id for row in rows)
    studies: dict[str, dict[str, int]] = {}
    groups: dict[str, list[str]] = {}
    for row in rows:
        own = studies.setdefault(row.patient_id, {})
        session = own.setdefault(row.study_id, len(own) + 1)
        if not row.is_named:
            continue
        who = f"sub-{patients[row.patient_id]:03d}", f"ses-{session:02d}"
        groups.setdefault("/".join((*who, "_".join(who))), []).append(row.series_id)
    suffixes = {r.series_id: re.sub(r"[\W_]+", "", r.sequence) for r in rows}
    names = {}
    for start, members in groups.items():
        for series_id in members:
            suffix = suffixes[series_id]
            alike = [each for each in members if suffixes[each] == suffix]
            run = f"_run-{alike.index(series_id) + 1}" if alike[1:] else ""
            names[series_id] = f"{start}{run}_{suffix}"
    return names


def link(directory: Path, rows: Iterable[SeriesRow], names: Mapping[str, str]) -> None:
    """Makes a folder for each name, with a symbolic link to each file of the series.

    Originals are neither moved nor touched. Links are numbered, in the order of paths.
    """
    for row in rows:
        name = names.get(row.series_id)
        if name is None:
            continue
        folder = directory / name
        folder.mkdir(parents=True)
        for number, path in enumerate(row.files, 1):
            (folder / f"{number:04d}.dcm").symlink_to(os.path.realpath(path))


def _numbers(ids: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(ids), 1)}
