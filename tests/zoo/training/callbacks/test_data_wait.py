import time

import tensorflow as tf

from zoo.training.callbacks.data_wait import DataWait


def slow(number):
    time.sleep(0.05)
    return number


def test_waiting_for_slow_batches_is_counted():
    wait = DataWait()
    numbers = tf.data.Dataset.range(4).map(
        lambda n: tf.ensure_shape(tf.numpy_function(slow, [n], tf.int64), [])
    )
    assert [int(n) for n in wait.watch(numbers)] == [0, 1, 2, 3]
    assert 0.2 <= wait.seconds < 1.0


def test_work_between_the_batches_is_not_counted():
    wait = DataWait()
    for _ in wait.watch(tf.data.Dataset.range(4)):
        time.sleep(0.05)
    assert wait.seconds < 0.1


def test_reset_starts_a_new_sum():
    wait = DataWait()
    list(wait.watch(tf.data.Dataset.range(4)))
    wait.reset()
    assert wait.seconds == 0


def test_what_was_said_of_the_batches_still_holds():
    said = tf.data.Options()
    said.autotune.enabled = False
    watched = DataWait().watch(tf.data.Dataset.range(4).with_options(said))
    assert watched.options().autotune.enabled is False
