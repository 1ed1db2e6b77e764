import io

from tests.zoo.watching.drops import FakeClock
from zoo.watching.event_log import EventLog


def test_a_line_an_event(capsys):
    stream = io.StringIO()
    log = EventLog(FakeClock(), stream)
    log.write("answered", study="p0", number=7, seconds=0.26789, why="it is cut")
    log.write("ended")
    assert stream.getvalue().splitlines() == [
        '2030-03-17T18:03:20Z answered study=p0 number=7 seconds=0.268 why="it is cut"',
        "2030-03-17T18:03:20Z ended",
    ]
    EventLog(FakeClock()).write("ended")
    assert capsys.readouterr().err == "2030-03-17T18:03:20Z ended\n"
