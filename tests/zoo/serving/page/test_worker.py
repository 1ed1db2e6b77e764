import os
import sys
import threading
import time
import warnings

import pytest

from tests.zoo.serving.page import dying
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.worker import Worker


def refuse():
    raise UploadError("code", "words\x07", status=418, facts={"a": 1})


def fill_memory():
    return len(bytearray(2**40))


def speak():
    print("a patient's name", flush=True)
    os.write(2, b"a patient's name")
    warnings.warn("a patient's name", stacklevel=1)
    sys.stderr.flush()
    return "said"


@pytest.fixture
def worker():
    worker = Worker(PageLimits(work_s=2))
    yield worker
    worker.close()


def test_a_death_is_an_error_and_the_next_one_lives(worker, capfd):
    assert worker.run(speak) == "said"
    with pytest.raises(UploadError, match="could not be read") as died:
        worker.run(dying.die)
    assert died.value.status == 422
    with pytest.raises(UploadError, match="too much memory"):
        worker.run(fill_memory)
    with pytest.raises(UploadError, match="words") as refused:
        worker.run(refuse)
    assert (refused.value.code, refused.value.status) == ("code", 418)
    assert refused.value.facts == {"a": 1}
    assert refused.value.message == "words?"
    assert "patient" not in "".join(capfd.readouterr())


def test_what_takes_too_long_is_ended(worker):
    began = time.monotonic()
    with pytest.raises(UploadError, match="more than 2 s"):
        worker.run(time.sleep, 500)
    assert time.monotonic() - began < 200


def test_the_end_does_not_wait_for_what_is_under_way():
    worker = Worker(PageLimits(work_s=400))
    assert worker.run(os.getpid) != os.getpid()
    faults = []

    def work():
        try:
            worker.run(time.sleep, 300)
        except UploadError as error:
            faults.append(error.code)

    thread = threading.Thread(target=work)
    thread.start()
    while not worker.is_busy:
        time.sleep(0.01)
    worker.close()
    thread.join(timeout=60)
    assert faults == ["ending"]
    with pytest.raises(UploadError, match="the server ends"):
        worker.run(os.getpid)
