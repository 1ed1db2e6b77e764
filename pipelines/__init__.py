"""From studies (DICOM, NIfTI) to TFRecord data sets and to batches of volumes.

The two functions here are the public API, and what the commands call. Nothing heavy is
loaded before one of them is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import search_path

if TYPE_CHECKING:
    import os

    import tensorflow as tf

    from pipelines.batches.normalisation import Kind
    from pipelines.batches.selection import Role
    from pipelines.covariates.encoding import Encoding
    from pipelines.records.data_set import DataSet

search_path.leave_out_working_directory()  # before anything else is imported


def open_dataset(path: str | os.PathLike) -> DataSet:
    """Opens a data set that `python -m pipelines.ingest` wrote.

    Args:
        path: its directory, on disk or remote.

    Returns:
        Its task, counts by split, shards and digest; voxels stay on disk.

    Raises:
        UsageError: a path on disk that does not exist.
        DataError: no data set, one of a newer version, or an incomplete one.
    """
    from pipelines.records import directory

    return directory.open_dataset(str(path))


def read_batches(
    data: DataSet,
    split: Role,
    *,
    batch_size: int,
    normalisation: Kind = "zscore",
    fold: str | None = None,
    channels: tuple[str, ...] = (),
    encoding: Encoding | None = None,
) -> tf.data.Dataset:
    """Every sample of a split once, in the order of the shards, without augmentation.

    Args:
        split: `"train"`, `"validation"` or `"test"`.
        batch_size: the last batch may be smaller.
        normalisation: of intensities: `"zscore"`, `"percentile"`, `"equalise"` or
            `"none"`.
        fold: to leave out, where the data set has folds.
        channels: names of the task's channels, in the order wanted; empty = all.
        encoding: of the covariates that samples come with; none = without.

    Returns:
        Dicts: `volume` `[B, D, H, W, C]`, `target` `[B, T]` (NaN = not known),
        `present` `[B, C]`, `covariates` `[B, E]` (float32); `sample_id`, `patient_id`,
        `study_id` `[B]` (string).

    Raises:
        DataError: the split is empty.
        UsageError: channels or a fold that the data set has not.
    """
    from pipelines.batches import dataset
    from pipelines.batches.settings import BatchSettings
    from pipelines.covariates.encoding import NO_COVARIATES

    settings = BatchSettings(
        fold=fold,
        channels=channels,
        normalisation=normalisation,
        encoding=NO_COVARIATES if encoding is None else encoding,
        batch_size=batch_size,
    )
    return dataset.eval_batches(data, settings, split=split)
