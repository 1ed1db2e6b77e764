"""A record back to tensors, in the graph: for training and for serving alike."""

from collections.abc import Callable
from dataclasses import fields

import tensorflow as tf

from pipelines.pseudonyms import DIGITS, LETTER
from pipelines.records.channel_arithmetic import along_rows, as_rows
from pipelines.records.foreground_statistics import (
    INTEGERS,
    PREFIX,
    ForegroundStatistics,
)
from pipelines.tasks.task import Task

FOREIGN = "a record of another task"
_CODING = ("slope", "intercept", "fill")
_STATISTICS = {  # feature of a record: its type
    f"{PREFIX}{field.name}": tf.int64 if field.name in INTEGERS else tf.float32
    for field in fields(ForegroundStatistics)
}
_LISTS = _STATISTICS | {
    **dict.fromkeys((*_CODING, "target", "covariates", "affine"), tf.float32),
    **dict.fromkeys(("fill_code", "present"), tf.int64),
}
_IDS = ("sample_id", "study_id", "patient_id")
_TEXTS = ("volume", *_IDS, "spec")


def parser(
    task: Task, *, require_target: bool
) -> Callable[[tf.Tensor], dict[str, tf.Tensor]]:
    """A function from one serialized record (scalar string) to its tensors.

    It gives `volume` (float32 `[D, H, W, C]`, decoded), `foreground` (bool, the same
    shape: voxels that differ from the fill value), `present` `[C]`, `target`
    `[task.target_size]`, `covariates` `[len(task.covariates)]`, `affine` `[4, 4]` (all
    float32), and the strings `sample_id`, `study_id`, `patient_id`, which are written
    as today in a record of format 1 too, and empty in one that is served. Also what the
    volume is stored as: `codes` (int16 `[D, H, W, C]`), `fill_code` (int16 `[C]`),
    `slope`, `intercept` (float32 `[C]`), and the statistics of the foreground by the
    names that `pipelines.records.encode.encode` gives, as lists: empty where the record
    has none. In a graph nothing is computed of what is not used.

    Args:
        require_target: a record without a target is an error; otherwise its target
            is NaN.

    In the graph:
        InvalidArgumentError: no record, a record of another task, one that contradicts
            itself, or no target.
    """
    channels = len(task.channels)

    def parse(serialized: tf.Tensor) -> dict[str, tf.Tensor]:
        stored = _of_task(_fields(serialized), task)
        by_channel = {
            name: tf.ensure_shape(stored[name], [channels])
            for name in (*_CODING, "fill_code", "present")
        }
        by_channel["fill_code"] = _int16(by_channel["fill_code"])
        by_channel["present"] = tf.cast(by_channel["present"], tf.float32)
        codes = tf.io.parse_tensor(stored["volume"], tf.int16)
        codes = tf.ensure_shape(codes, task.record_shape)
        volume, foreground = _decode(codes, by_channel)
        return by_channel | {
            "codes": codes,
            "volume": volume,
            "foreground": foreground,
            "target": _target(stored["target"], task, require_target),
            "covariates": tf.ensure_shape(stored["covariates"], [len(task.covariates)]),
            "affine": tf.reshape(stored["affine"], [4, 4]),
            **{name: stored[name] for name in _STATISTICS},
            **_with_letters({name: stored[name] for name in _IDS}),
        }

    return parse


def target_parser(task: Task) -> Callable[[tf.Tensor], tf.Tensor]:
    """A function from a serialized record to its target `[task.target_size]` alone.

    It does not decode the volume. For errors in the graph see `parser`.
    """

    def parse(serialized: tf.Tensor) -> tf.Tensor:
        fields = _of_task(_fields(serialized), task)
        return _target(fields["target"], task, require_target=True)

    return parse


def held_out(task: Task) -> Callable[[tf.Tensor], tf.Tensor]:
    """A function from a serialized record to whether its class is held out, a bool.

    It does not decode the volume, and a record without a target is not held out.
    """
    index = tf.constant(_held_out_indices(task), tf.float32)

    def parse(serialized: tf.Tensor) -> tf.Tensor:
        target = _of_task(_fields(serialized), task)["target"]
        return tf.reduce_any(tf.equal(target[:1, tf.newaxis], index))

    return parse


def _held_out_indices(task: Task) -> list[int]:
    target = task.target
    return [target.stated_classes.index(name) for name in target.held_out_classes]


def _fields(serialized: tf.Tensor) -> dict[str, tf.Tensor]:
    """All features; lists of whatever length, so that our own checks speak first."""

    def list_of(kind: tf.DType) -> tf.io.FixedLenSequenceFeature:
        return tf.io.FixedLenSequenceFeature([], kind, allow_missing=True)

    features = {name: list_of(kind) for name, kind in _LISTS.items()}
    features |= {name: tf.io.FixedLenFeature([], tf.string, "") for name in _TEXTS}
    return tf.io.parse_single_example(serialized, features)


def _of_task(fields: dict[str, tf.Tensor], task: Task) -> dict[str, tf.Tensor]:
    """The same fields, to be had only if they are those of a record of `task`."""
    message = (
        f"{FOREIGN}: its spec (grid, channels, steps, target) is not {task.spec}, the "
        f"one of task {task.name!r}. Ingest with the same task file as the data set or "
        "the model. Received:"
    )
    spec = fields["spec"]
    assertion = tf.debugging.Assert(tf.equal(spec, task.spec), [message, spec])
    with tf.control_dependencies([assertion]):
        return dict(zip(fields, tf.identity_n(list(fields.values()))))


def is_foreground(codes: tf.Tensor, fill_code: tf.Tensor) -> tf.Tensor:
    """Which codes are not that of the fill value: bool.

    Args:
        codes: int16 `[D, H, W, C]`.
        fill_code: int16 `[C]`.
    """
    rows = as_rows(codes)
    differs = tf.not_equal(rows, along_rows(fill_code, codes.shape[2]))
    return tf.reshape(differs, tf.shape(codes))


def values_of(codes: tf.Tensor, slope: tf.Tensor, intercept: tf.Tensor) -> tf.Tensor:
    """Foreground values: float32 in the shape of `codes` `[D, H, W, C]`.

    Args:
        slope, intercept: float32 `[C]`.
    """
    width = codes.shape[2]
    values = tf.cast(as_rows(codes), tf.float32)
    values = tf.cond(
        tf.reduce_all((slope == 1) & (intercept == 0)),  # no voxel would change
        lambda: values,
        lambda: values * along_rows(slope, width) + along_rows(intercept, width),
    )
    return tf.reshape(values, tf.shape(codes))


def _decode(
    codes: tf.Tensor, by_channel: dict[str, tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Values and foreground; the fill value is put in where it has no code."""
    slope, intercept, fill, fill_code = (
        by_channel[name] for name in (*_CODING, "fill_code")
    )
    foreground = is_foreground(codes, fill_code)
    values = values_of(codes, slope, intercept)
    filled = tf.reduce_all(tf.cast(fill_code, tf.float32) * slope + intercept == fill)
    values = tf.cond(
        filled,
        lambda: values,
        lambda: tf.where(foreground, values, tf.broadcast_to(fill, tf.shape(values))),
    )
    return values, foreground


def _with_letters(ids: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """`pseudonyms.with_letter` of scalars, in the graph."""
    names = tf.stack(list(ids.values()))
    letters = tf.where(tf.strings.regex_full_match(names, DIGITS), LETTER, "")
    return dict(zip(ids, tf.unstack(tf.strings.join([letters, names]))))


def _int16(codes: tf.Tensor) -> tf.Tensor:
    """The same integers; a cast alone would give others for those that do not fit."""
    cast = tf.cast(codes, tf.int16)
    fits = tf.reduce_all(tf.equal(tf.cast(cast, codes.dtype), codes))
    message = "a record's fill_code holds numbers that are no int16. Received:"
    with tf.control_dependencies([tf.debugging.Assert(fits, [message, codes])]):
        return tf.identity(cast)


def _target(target: tf.Tensor, task: Task, require_target: bool) -> tf.Tensor:
    size = task.target_size
    if not require_target:
        unknown = tf.fill([size], float("nan"))
        target = tf.cond(tf.size(target) == 0, lambda: unknown, lambda: target)
    length = tf.size(target)
    message = f"a record's target does not have the task's {size} numbers. Received:"
    known = tf.debugging.Assert(tf.equal(length, size), [message, length])
    with tf.control_dependencies([known]):
        target = tf.ensure_shape(tf.identity(target), [size])
    return _among_known(target, task) if task.target.held_out_classes else target


def _among_known(target: tf.Tensor, task: Task) -> tf.Tensor:
    """The class as its index among those that are not held out, which are NaN."""
    held_out = tf.constant(_held_out_indices(task), tf.float32)
    main, further = target[:1], target[1:]
    lower = tf.reduce_sum(tf.cast(held_out < main, tf.float32), keepdims=True)
    is_known = ~tf.reduce_any(tf.equal(held_out, main), keepdims=True)
    known = tf.where(is_known, main - lower, float("nan"))
    return tf.concat([known, further], 0)
