"""Of the slow tests a third: which of them, and which run whole all the same.

What is built once for several tests, a network, stays together: tests of one file with
the same parameters are one group, and groups are dealt out in turn.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

THIRDS = 3


def left_out(
    slow: Sequence[str], third: int, changed: Iterable[str] = ()
) -> frozenset[str]:
    """Of the slow tests those that another third runs.

    Args:
        slow: their node ids, `path::test[parameters]`.
        third: the one that is to run, 0 to 2.
        changed: paths of changed files: the tests of their folder, and those of the
            folder that mirrors it, run whole.
    """
    whole = {mirrored_folder(path) for path in changed}
    # Dealt before the changed ones are looked at: these may not move any other test
    # from one third to another, or three days would not run them all.
    groups = sorted({group(test) for test in slow})
    mine = {name for place, name in enumerate(groups) if place % THIRDS == third}
    rest = (test for test in slow if group(test) not in mine)
    return frozenset(
        test for test in rest if mirrored_folder(test.partition("::")[0]) not in whole
    )


def group(test: str) -> tuple[str, str]:
    """What is run together: the file and the parameters, or the test that has none."""
    path, _, name = test.partition("::")
    function, _, parameters = name.partition("[")
    return path, f"[{parameters}" if parameters else function


def mirrored_folder(path: str) -> str:
    """The folder that a file is in or, of a test, that it tests."""
    return str(PurePosixPath(path.removeprefix("tests/")).parent)
