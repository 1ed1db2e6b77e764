from multiprocessing import Pipe

import pytest

from tuning.trials.stop import Stop, StoppedError


def test_without_the_word_a_connection_is_waited_for():
    stop, (mine, its) = Stop(), Pipe()
    assert not stop.is_given
    assert not stop.wait_for(mine, 0.01)
    its.send_bytes(b"answer")
    assert stop.wait_for(mine, None)
    mine.recv_bytes()
    its.close()
    assert stop.wait_for(mine, None)  # its end is to be read


def test_the_word_is_there_for_good():
    stop, (mine, its) = Stop(), Pipe()
    its.send_bytes(b"answer")
    stop.give()
    assert stop.is_given
    for _ in range(2):
        with pytest.raises(StoppedError, match="the search ends"):
            stop.wait_for(mine, None)
