"""The formats of data set directories, and what is told of one of an earlier format.

3: manifest.csv has a column `hash:NAME` for each channel, and `warnings` where a row
has one. A directory of format 2 may have both already.
2: ids are `p` and 16 hexadecimal digits; records may have features that format 1 lacks.
1: ids are the 16 digits alone, in dataset.json, manifest.csv and the records.

A directory is never rewritten: its files, digest and checksums stay what they were.
"""

from dataclasses import replace

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.records.data_set import CURE, FORMAT, DataSet

_LETTERS = 2  # the first whose pseudonyms begin with theirs


def check(written: object, path: str) -> None:
    """Refuses a format that is not read here.

    Args:
        written: what dataset.json says.
        path: of the data set.

    Raises:
        DataError: a newer format, or none.
    """
    number = isinstance(written, int) and not isinstance(written, bool)
    if number and 1 <= written <= FORMAT:
        return
    newer = number and written > FORMAT
    cure = (
        "Update this package (pip install --upgrade mri-volume-zoo), or ingest again "
        "with this version"
        if newer
        else CURE
    )
    raise DataError(
        f"{path} is a data set of format {written!r}; this version reads formats 1 to "
        f"{FORMAT}. {cure}"
    )


def current(data: DataSet) -> DataSet:
    """A data set whose groups bear the names that they have today.

    Split by site, a group bears the pseudonym of its site. The files of shards keep
    their names.
    """
    if data.format >= _LETTERS:
        return data
    return replace(
        data,
        shards=tuple(replace(s, group=_group(s.group)) for s in data.shards),
        counts={_group(name): count for name, count in data.counts.items()},
    )


def _group(name: str) -> str:
    split, dash, fold = name.partition("-")
    return split + dash + with_letter(fold)
