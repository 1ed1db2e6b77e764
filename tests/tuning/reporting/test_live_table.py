import dataclasses
import fcntl
import io
import os
import pty
import re
import struct
import termios

import pytest

from tests.tuning.reporting import made_up
from tuning.reporting import live_table
from tuning.reporting.live_table import LiveTable, Plan, eta_seconds
from tuning.trials.trial import Trial

VALUES = {"arch": "cnn3d", "optimisation.learning_rate": 0.001}
END = "\a"
RUNNING = Trial(trial_id="0000", values=VALUES)


class Terminal(io.StringIO):
    """One that has no size."""

    def isatty(self):
        return True


def put(sweep, *trials):
    for trial in trials:
        made_up.put(sweep, trial, evidence=False)


def tell(sweep, stream, terminal, *trials):
    table = LiveTable(sweep, Plan(most_trials=4), stream=stream, terminal=terminal)
    for trial in trials:
        table(trial)


def shown(sweep, stream, terminal, *trials):
    tell(sweep, stream, terminal, *trials)
    return stream.getvalue()


TRIALS = (RUNNING, made_up.trial(0, 0.8, VALUES), made_up.failed(1, VALUES, "broke"))


@pytest.mark.parametrize(
    ("stream", "terminal"), [(io.StringIO, "xterm"), (Terminal, "dumb"), (Terminal, "")]
)
def test_a_file_or_a_dumb_terminal_has_a_line_a_finished_trial(
    tmp_path, stream, terminal
):
    text = shown(made_up.sweep(tmp_path / "s"), stream(), terminal, *TRIALS)
    first, second = text.splitlines()
    assert "\x1b" not in text and "\r" not in text
    assert first == (
        "0000  completed  val_auc 0.8000 ± 0.0141  arch=cnn3d learning_rate=0.001  "
        "1/4 trials, best 0.8000 (0000), about 2 min 48 s left"
    )
    assert second.startswith("0001  failed  arch=cnn3d learning_rate=0.001  broke  2/4")


def test_a_terminal_has_the_table_drawn_over_the_last_one(tmp_path):
    text = shown(made_up.sweep(tmp_path / "s"), Terminal(), "xterm", *TRIALS)
    tables = text.split("\x1b[")
    assert tables[0].count("\n") == 3  # heading, a trial, where it stands
    assert tables[1].startswith("3F")
    assert text.count("\x1b[J") == 2


@pytest.fixture
def terminal():
    """The end that a program writes to, and what resizes and reads the other one."""
    mine, its = pty.openpty()

    def resize(columns, lines):
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(its, termios.TIOCSWINSZ, size)

    def written():
        print(end=END, file=stream, flush=True)  # what was written arrives in parts
        text = ""
        while not text.endswith(END):
            text += os.read(mine, 1 << 16).decode()
        return text.removesuffix(END)

    with open(its, "w", encoding="utf-8") as stream:
        yield stream, resize, written
    os.close(mine)


def on_screen(written, columns):
    """The lines that a terminal shows, of the two control codes that it is sent."""
    lines, row, column = [""], 0, 0
    for up, character in re.findall(r"\x1b\[(\d*)[FJ]|([^\x1b])", written, re.DOTALL):
        if character == "\n":
            row += 1
        elif character == "\r":
            column = 0
        elif character:
            if column == columns:
                row, column = row + 1, 0
            lines[row:] = [(lines[row] if column else "")[:column] + character]
            column += 1
        elif up:
            row, column = row - int(up), 0
        else:
            del lines[row:]
        lines += [""] * (row + 1 - len(lines))
    return lines


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_table_keeps_to_its_own_terminal(tmp_path, terminal, columns):
    """The output of the command may be a file, which has no width."""
    stream, resize, written = terminal
    resize(columns, 24)
    tell(made_up.sweep(tmp_path / "s"), stream, "xterm", *TRIALS)
    lines = on_screen(written(), columns)
    assert [line.split()[:1] for line in lines] == [
        *(["trial"], ["0000*"], ["0001"], ["2/4"], []),
    ]
    assert max(map(len, lines)) < columns


def test_a_terminal_that_got_narrower_has_broken_the_lines(tmp_path, terminal):
    stream, resize, written = terminal
    table = LiveTable(
        made_up.sweep(tmp_path / "s"), Plan(), stream=stream, terminal="xterm"
    )
    resize(100, 24)
    table(RUNNING)
    first = written()
    lengths = [len(line) for line in first.split("\r\n")[:-1]]
    resize(40, 24)
    table(RUNNING)
    broken = sum(-(-length // 40) for length in lengths)
    assert written().startswith(f"\x1b[{broken}F") and broken > len(lengths)


def test_a_low_terminal_shows_the_best_and_the_latest(tmp_path, terminal):
    stream, resize, written = terminal
    resize(80, 5)
    one = dataclasses.replace(RUNNING, trial_id="0002")
    tell(made_up.sweep(tmp_path / "s"), stream, "xterm", *TRIALS, one)
    firsts = [line.split()[:1] for line in on_screen(written(), 80)]
    assert firsts == [["trial"], ["0000*"], ["0002"], ["2/4"], []]


def test_a_failed_trial_says_why(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    text = live_table.text(sweep, [made_up.failed(0, VALUES, "broke")], Plan())
    assert "failed  broke; arch=cnn3d learning_rate=0.001" in text


def test_the_table(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    behind = dataclasses.replace(
        made_up.trial(1, 0.6, VALUES, folds=("0",)), state="abandoned"
    )
    trials = [made_up.trial(0, 0.8, VALUES), behind]
    text = live_table.text(sweep, trials, Plan(most_trials=9))
    assert [line.split() for line in text.splitlines()[:2]] == [
        ["trial", "objective", "sd", "best", "folds", "time", "state", "values"],
        ["0000*", "0.8000", "0.0141", "0.8000", "2/2", "56.0", "s", "completed"]
        + ["arch=cnn3d", "learning_rate=0.001"],
    ]
    assert "2/9 trials, best 0.8000 (0000), 1 fold saved, about" in text


def test_the_best_trial_stays_above_the_latest(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    trials = [made_up.trial(n, 0.8 - n / 100, VALUES) for n in range(20)]
    rows = live_table.text(sweep, trials, Plan(), most=3).splitlines()[1:-1]
    assert [row.split()[0] for row in rows] == ["0000*", "0018", "0019"]


def test_no_line_is_wider_than_asked(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    text = live_table.text(sweep, [made_up.trial(0, 0.8, VALUES)], Plan(), width=40)
    assert max(map(len, text.splitlines())) <= 40


def test_what_is_there_of_an_earlier_call_is_shown(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    put(sweep, made_up.trial(0, 0.8, VALUES))
    one = made_up.trial(1, 0.7, VALUES)
    assert "2/4 trials, best 0.8000 (0000)" in shown(sweep, io.StringIO(), "", one)


def test_time_left():
    ended = made_up.trial(0, 0.8, VALUES)  # of 56 s
    half = Trial(trial_id="0001", values=VALUES, seconds=28.0)
    assert eta_seconds([ended, half], Plan(most_trials=4)) == 28 + 2 * 56
    assert eta_seconds([ended, half], Plan(most_trials=4, workers=2)) == 70
    budget = Plan(most_trials=4, seconds_left=lambda: 9.0)
    assert eta_seconds([ended, half], budget) == 9
    assert eta_seconds([half], Plan(most_trials=4)) is None
    assert eta_seconds([half], Plan(seconds_left=lambda: 9.0)) == 9
