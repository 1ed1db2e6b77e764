import time
from types import SimpleNamespace

import pytest

from tests import conftest
from tests.thirds import THIRDS, group, left_out, mirrored_folder

PARITY = [
    f"tests/zoo/weights/layouts/test_torch_parity.py::test_it[{n}]" for n in "abc"
]
CONTRACT = [
    f"tests/zoo/architectures/test_contract.py::test_contract[{n}]" for n in "xy"
]
ALONE = ["tests/zoo/training/test_killed.py::test_it_ends"]
SLOW = [*PARITY, *CONTRACT, *ALONE]


def runs(third, changed=()):
    return set(SLOW) - left_out(SLOW, third, changed)


def test_three_thirds_are_the_whole_and_no_test_is_in_two():
    thirds = [runs(third) for third in range(THIRDS)]
    assert sorted(test for third in thirds for test in third) == sorted(SLOW)
    assert [len(third) for third in thirds] == [2, 2, 2]


def test_what_is_built_once_stays_together():
    same = ["tests/a/test_b.py::test_c[net]", "tests/a/test_b.py::test_d[net]"]
    assert group(same[0]) == group(same[1])
    for third in range(THIRDS):
        assert len(left_out(same, third)) in (0, 2)


def test_a_changed_folder_runs_whole_whatever_the_third():
    for third in range(THIRDS):
        assert runs(third, ["zoo/architectures/resnet.py"]) >= set(CONTRACT)
        assert runs(third, ["tests/zoo/weights/layouts/torch_reference.py"]) >= {
            *PARITY
        }
        assert not runs(third, ["zoo/architectures/resnet.py"]) >= set(PARITY)


def test_a_changed_folder_leaves_the_others_in_their_thirds():
    for third in range(THIRDS):
        changed = runs(third, ["zoo/architectures/resnet.py"])
        assert changed == runs(third) | set(CONTRACT)


def test_a_change_elsewhere_changes_nothing():
    assert runs(1, ["README.md", "zoo/train.py", "zoo/weights/load.py"]) == runs(1)


def test_the_folder_of_a_test_is_the_one_that_it_mirrors():
    assert (
        mirrored_folder("tests/zoo/weights/formats/test_npz.py")
        == "zoo/weights/formats"
    )
    assert mirrored_folder("zoo/weights/formats/npz.py") == "zoo/weights/formats"
    assert mirrored_folder("setup.cfg") == "."


def begins(test, until, third=0):
    config = SimpleNamespace(stash=pytest.Stash(), getoption=lambda _: until)
    config.stash[conftest._OF_ANOTHER_THIRD] = left_out(SLOW, third)
    try:
        conftest.pytest_runtest_setup(SimpleNamespace(nodeid=test, config=config))
    except pytest.skip.Exception:
        return False
    return True


def test_when_time_is_up_no_test_of_another_third_begins():
    now = time.time()
    mine = runs(0)
    assert {test for test in SLOW if begins(test, until=now - 1)} == mine
    assert {test for test in SLOW if begins(test, until=now + 60)} == {*SLOW}
    assert {test for test in SLOW if begins(test, until=None)} == {*SLOW}
