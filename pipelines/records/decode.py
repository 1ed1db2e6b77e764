"""A record back to tensors, in the graph: for training and for serving alike."""

from collections.abc import Callable

import tensorflow as tf

from pipelines.pseudonyms import DIGITS, LETTER
from pipelines.records.channel_arithmetic import along_rows, as_rows
from pipelines.tasks.task import Task

FOREIGN = "a record of another task"
_NUMBERS = ("slope", "intercept", "fill", "target", "covariates", "affine")
_INTEGERS = ("fill_code", "present")
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
    as today in a record of format 1 too, and empty in one that is served.

    Args:
        require_target: a record without a target is an error; otherwise its target
            is NaN.

    In the graph:
        InvalidArgumentError: no record, a record of another task, or no target.
    """
    channels = len(task.channels)

    def parse(serialized: tf.Tensor) -> dict[str, tf.Tensor]:
        fields = _of_task(_fields(serialized), task)
        codes = tf.io.parse_tensor(fields["volume"], tf.int16)
        codes = tf.ensure_shape(codes, task.record_shape)
        volume, foreground = _decode(codes, fields, channels)
        return {
            "volume": volume,
            "foreground": foreground,
            "present": tf.ensure_shape(
                tf.cast(fields["present"], tf.float32), [channels]
            ),
            "target": _target(fields["target"], task, require_target),
            "covariates": tf.ensure_shape(fields["covariates"], [len(task.covariates)]),
            "affine": tf.reshape(fields["affine"], [4, 4]),
            **_with_letters({name: fields[name] for name in _IDS}),
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


def _fields(serialized: tf.Tensor) -> dict[str, tf.Tensor]:
    """All features; lists of whatever length, so that our own checks speak first."""

    def list_of(kind: tf.DType) -> tf.io.FixedLenSequenceFeature:
        return tf.io.FixedLenSequenceFeature([], kind, allow_missing=True)

    features = {name: list_of(tf.float32) for name in _NUMBERS}
    features |= {name: list_of(tf.int64) for name in _INTEGERS}
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
        return {name: tf.identity(field) for name, field in fields.items()}


def _decode(
    codes: tf.Tensor, fields: dict[str, tf.Tensor], channels: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Values and foreground; passes that would change no voxel are left out."""
    width = codes.shape[2]
    slope, intercept, fill, fill_code = (
        tf.ensure_shape(fields[name], [channels])
        for name in ("slope", "intercept", "fill", "fill_code")
    )
    rows = as_rows(codes)
    is_foreground = tf.not_equal(rows, along_rows(tf.cast(fill_code, tf.int16), width))
    values = tf.cast(rows, tf.float32)
    plain = tf.reduce_all((slope == 1) & (intercept == 0))
    values = tf.cond(
        plain,
        lambda: values,
        lambda: values * along_rows(slope, width) + along_rows(intercept, width),
    )
    filled = tf.reduce_all(tf.cast(fill_code, tf.float32) * slope + intercept == fill)
    values = tf.cond(
        filled,
        lambda: values,
        lambda: tf.where(is_foreground, values, along_rows(fill, width)),
    )
    return tf.reshape(values, codes.shape), tf.reshape(is_foreground, codes.shape)


def _with_letters(ids: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """`pseudonyms.with_letter` of scalars, in the graph."""
    names = tf.stack(list(ids.values()))
    letters = tf.where(tf.strings.regex_full_match(names, DIGITS), LETTER, "")
    return dict(zip(ids, tf.unstack(tf.strings.join([letters, names]))))


def _target(target: tf.Tensor, task: Task, require_target: bool) -> tf.Tensor:
    size = task.target_size
    if not require_target:
        unknown = tf.fill([size], float("nan"))
        target = tf.cond(tf.size(target) == 0, lambda: unknown, lambda: target)
    length = tf.size(target)
    message = f"a record's target does not have the task's {size} numbers. Received:"
    known = tf.debugging.Assert(tf.equal(length, size), [message, length])
    with tf.control_dependencies([known]):
        return tf.ensure_shape(tf.identity(target), [size])
