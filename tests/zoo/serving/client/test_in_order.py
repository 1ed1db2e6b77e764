import threading
import time

import pytest

from zoo.serving.client.in_order import in_order


def test_results_keep_the_order_whatever_takes_longest():
    def work(number):
        time.sleep(0.05 if number % 3 == 0 else 0)
        return number

    assert [*in_order(work, range(12), threads=4)] == [*range(12)]


def test_all_threads_work_at_once():
    together = threading.Barrier(3, timeout=10)
    numbers = in_order(lambda number: (together.wait(), number)[1], range(3), threads=3)
    assert [*numbers] == [0, 1, 2]


def test_items_are_taken_while_others_are_worked_on_and_no_more():
    taken, free = [], threading.Event()

    def items():
        for number in range(100):
            taken.append(number)
            if number == 4:
                free.set()  # the fifth is read while the first is not done
            yield number

    def work(number):
        assert free.wait(10)
        time.sleep(0.01)
        return number

    results = in_order(work, items(), threads=2)
    assert next(results) == 0
    assert len(taken) <= 6
    assert [*results] == [*range(1, 100)]


def test_an_error_of_the_source_ends_it():
    def items():
        yield 1
        raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        [*in_order(str, items(), threads=2)]
