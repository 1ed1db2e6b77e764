"""Files that TensorFlow reads: s3://, hdfs://, az:// and what else it knows.

The one place that loads tensorflow-io, and only when a scheme needs it.
"""

from collections.abc import Iterator

import tensorflow as tf

from pipelines.errors import DataError


def prepare(scheme: str) -> None:
    """Makes TensorFlow able to read a scheme: loads tensorflow-io if that takes it.

    Raises:
        DataError: tensorflow-io is not installed, does not fit this TensorFlow, or
            does not know the scheme.
    """
    if scheme in tf.io.gfile.get_registered_schemes():
        return
    try:
        import tensorflow_io  # noqa: F401
    except ImportError as error:
        raise DataError(
            f"reading {scheme}:// takes tensorflow-io, which is not installed. Install "
            "the extra 'io' (pip install 'mri-volume-zoo[io]', which brings "
            "TensorFlow 2.16), or copy the data set to a disk"
        ) from error
    if scheme not in tf.io.gfile.get_registered_schemes():
        raise DataError(
            f"tensorflow-io with TensorFlow {tf.__version__} can't read {scheme}://. "
            "It reads s3, http, https, hdfs and az, with TensorFlow 2.16"
        )


def size_bytes(path: str) -> int:
    """Size of a file of a scheme that is prepared.

    Raises:
        FileNotFoundError: there is no such file.
        DataError: the file system refuses it.
    """
    try:
        return tf.io.gfile.stat(path).length
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(path) from error
    except tf.errors.OpError as error:
        raise DataError(f"{path} can't be read: {error.message}") from error


def blocks(path: str, block_bytes: int) -> Iterator[bytes]:
    """The file's content, piece by piece; raises like `size_bytes`."""
    try:
        with tf.io.gfile.GFile(path, "rb") as opened:
            while block := opened.read(block_bytes):
                yield block
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(path) from error
    except tf.errors.OpError as error:
        raise DataError(f"{path} can't be read: {error.message}") from error
