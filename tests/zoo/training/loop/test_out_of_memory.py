import pytest
import tensorflow as tf

from pipelines.errors import DataError
from zoo.training.loop import out_of_memory


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating"),
    ],
)
def test_running_out_of_memory_names_the_cure(error):
    cure = "batches of 8.*--optimisation.batch-size 4 --optimisation.accumulate 6"
    with pytest.raises(DataError, match=cure), out_of_memory.guard(8, 3):
        raise error


def test_a_batch_of_one_can_not_be_halved():
    cure = "a smaller network, fewer slices"
    with pytest.raises(DataError, match=cure), out_of_memory.guard(1, 1):
        raise MemoryError


def test_other_errors_pass():
    with pytest.raises(tf.errors.InternalError), out_of_memory.guard(8, 1):
        raise tf.errors.InternalError(None, None, "another")


def test_a_full_disk_is_no_lack_of_memory():
    full = tf.errors.ResourceExhaustedError(None, None, "No space left on device")
    with pytest.raises(type(full)), out_of_memory.guard(8, 1):
        raise full
