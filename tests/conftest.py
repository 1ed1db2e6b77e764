"""Fixtures and options of the whole suite."""

import locale
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.thirds import THIRDS, left_out

_OF_ANOTHER_THIRD = pytest.StashKey[frozenset[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--third`, and which changed files make an exception of it."""
    group = parser.getgroup("mri-volume-zoo")
    group.addoption(
        "--third",
        type=int,
        choices=range(THIRDS),
        help="run this third of the slow tests; without it all of them",
    )
    group.addoption(
        "--changed",
        action="append",
        default=[],
        metavar="PATH",
        help="with --third: a changed file, whose folder's slow tests all run",
    )
    group.addoption(
        "--all-studies",
        action="store_true",
        help="run every shipped study whole; without it the one of the commit's day",
    )
    group.addoption(
        "--until",
        type=float,
        metavar="SECONDS",
        help="with --changed: the second since 1970 after which no test of another "
        "third begins; those that are left out count as skipped",
    )


def pytest_configure() -> None:
    """Lets tests interrupt themselves and what they start, from a background job, too.

    A shell starts `command &` with SIGINT ignored, which every child inherits.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before -m and -k take away what is counted here
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leaves out the slow tests of the other thirds, changed ones come last."""
    third = config.getoption("--third")
    if third is None:
        return
    slow = [item.nodeid for item in items if item.get_closest_marker("slow")]
    others = left_out(slow, third, config.getoption("--changed"))
    config.hook.pytest_deselected(items=[i for i in items if i.nodeid in others])
    items[:] = [item for item in items if item.nodeid not in others]
    config.stash[_OF_ANOTHER_THIRD] = left_out(slow, third)
    items.sort(key=lambda item: item.nodeid in config.stash[_OF_ANOTHER_THIRD])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begins no test of another third when time is up."""
    until = item.config.getoption("--until")
    of_another = item.nodeid in item.config.stash.get(_OF_ANOTHER_THIRD, frozenset())
    if until is not None and of_another and time.time() > until:
        pytest.skip("of another third, though its folder changed, and time is up")


@pytest.fixture(autouse=True)
def _locale_stays() -> Iterator[None]:
    """A library that changes the process's locale must not reach the next test."""
    before = locale.setlocale(locale.LC_CTYPE)
    yield
    after = locale.setlocale(locale.LC_CTYPE)
    if after != before:
        locale.setlocale(locale.LC_CTYPE, before)
        pytest.fail(f"the locale was {before!r} before this test and is {after!r}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a test that asks for it may skip."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ZOO_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real data: set ZOO_SHARED_DATA to the folder that holds them")
    return folder
