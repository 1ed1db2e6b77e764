"""A sample to the bytes of one record: the same on disk and over the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.records import foreground_statistics, protobuf_encoding
from pipelines.records.quantisation import Codes, quantise
from pipelines.records.volume_hash import hashes
from pipelines.tasks.task import Task

if TYPE_CHECKING:  # they load SimpleITK and TensorFlow, which encoding needs not
    import tensorflow as tf

    from pipelines.canonical.canonicalise import Canonical


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """What one record holds. The ids are pseudonyms, or empty on the way to a server.

    Args:
        target: `task.target_size` numbers (a class as its index, NaN where one is not
            known); none = nothing is known.
        covariates: one number for each of `task.covariates`; NaN = not known.
    """

    sample_id: str
    study_id: str
    patient_id: str
    canonical: Canonical
    target: tuple[float, ...] | None = None
    covariates: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A record and what the manifest says of it.

    Args:
        record: the bytes of a `tf.train.Example`.
        clipped: per channel, voxels clipped by the quantisation.
        volume_hash: see `pipelines.records.volume_hash`.
        channel_hashes: of each channel by itself, see there; "" = it is not there.
    """

    record: bytes
    clipped: tuple[int, ...]
    volume_hash: str
    channel_hashes: tuple[str, ...]

    @property
    def checksum(self) -> str:
        """SHA-256 of the record, 64 hex digits."""
        return checksum(self.record)


def checksum(record: bytes) -> str:
    """SHA-256 of a record, 64 hex digits."""
    return hashlib.sha256(record).hexdigest()


def encode(sample: Sample, task: Task) -> Encoded:
    """The record of a sample; the same sample gives the same bytes everywhere.

    Features: `volume` (int16 `[D, H, W, C]`, by `tf.io.serialize_tensor`), `slope`,
    `intercept`, `fill` (float `[C]`), `fill_code` and `present` (integer `[C]`),
    `target`, `covariates`, `affine` (float; 16 numbers, row by row), `sample_id`,
    `study_id`, `patient_id`, and `spec`, the digest of what all this means. For the
    error of the int16 codes see `pipelines.records.quantisation`.

    Statistics of the foreground, so that readers need not look for them:
    `foreground_count` (integer `[C]`), `foreground_mean`, `_deviation`, `_lower`,
    `_upper`, `_minimum`, `_maximum` (float `[C]`) and `_histogram` (integer,
    `[C, 256]` row by row), see `pipelines.records.foreground_statistics`.

    Raises:
        ValueError: a shape or a count that is not the task's; NaN or infinite voxels.
    """
    _check(sample, task)
    canonical = sample.canonical
    codes = quantise(canonical.voxels, canonical.fill)
    features: dict[str, protobuf_encoding.Feature] = {
        "volume": protobuf_encoding.int16_tensor(codes.codes),
        "slope": codes.slope,
        "intercept": codes.intercept,
        "fill": codes.fill,
        "fill_code": codes.fill_code.astype(np.int64),
        "present": np.array(canonical.present, np.int64),
        "covariates": np.array(sample.covariates, np.float32),
        "affine": canonical.affine.astype(np.float32).ravel(),
        "sample_id": sample.sample_id.encode(),
        "study_id": sample.study_id.encode(),
        "patient_id": sample.patient_id.encode(),
        "spec": task.spec.encode(),
    } | _statistics(codes)
    if sample.target is not None:
        features["target"] = np.array(sample.target, np.float32)
    volume_hash, near_hashes = hashes(codes)
    return Encoded(
        record=protobuf_encoding.example(features),
        clipped=codes.clipped,
        volume_hash=volume_hash,
        channel_hashes=tuple(
            near_hash if present else ""
            for near_hash, present in zip(near_hashes, canonical.present, strict=True)
        ),
    )


def _statistics(codes: Codes) -> dict[str, protobuf_encoding.Feature]:
    statistics = foreground_statistics.of_codes(codes)
    return {
        f"{foreground_statistics.PREFIX}{name}": values.ravel()
        for name, values in vars(statistics).items()
    }


def parser(
    task: Task, *, require_target: bool
) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """The function that reads a record in a TensorFlow graph.

    See `pipelines.records.decode`, which is loaded only now: ingest's workers encode
    without TensorFlow.
    """
    from pipelines.records import decode

    return decode.parser(task, require_target=require_target)


def _check(sample: Sample, task: Task) -> None:
    shape = sample.canonical.voxels.shape
    if shape != task.record_shape:
        raise ValueError(
            f"a record of this task is [D, H, W, C] = {task.record_shape}. "
            f"Received: {shape}"
        )
    if sample.target is not None and len(sample.target) != task.target_size:
        raise ValueError(
            f"a target of this task has {task.target_size} numbers. "
            f"Received: {sample.target}"
        )
    if len(sample.covariates) != len(task.covariates):
        raise ValueError(
            f"this task has the covariates {task.covariates}. "
            f"Received: {sample.covariates}"
        )
