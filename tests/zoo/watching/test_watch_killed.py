"""Real watchers, killed at random, while studies arrive file by file.

Real are the processes, the kills, the folder, the DICOM files, their reading, the
records and the REST protocol. The model is none: a server in this process answers,
with a number that it makes of the record's bytes.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.test_imports import ROOT
from tests.zoo.results import rows
from tests.zoo.serving.client.fake_servers import Model, rest_server
from tests.zoo.serving.client.served import answer, describe
from tests.zoo.watching import tiny_studies
from zoo.serving.description import Description

STUDIES, KILLS = 500, 20
PAUSE_S = 0.01  # between two files


def served(task):
    """A model for the task, and the records that it was asked about."""
    asked = []

    def predict(inputs):
        (record,) = inputs["examples"]
        asked.append(hashlib.sha256(record).hexdigest())
        return answer(int(asked[-1][:4], 16) / 2**17, classes=task.target.classes)

    description = Description(task=task, channels=task.channels)
    signatures = {"describe": describe(description), "serve_examples": predict}
    return Model(signatures=signatures), asked


def arrive(root, files):
    """Writes the files one after the other, each in two parts."""
    for path, _, content in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with open(root / path, "wb") as file:
            file.write(content[:300])
            file.flush()
            time.sleep(PAUSE_S)
            file.write(content[300:])


def started(folder, port, *further):
    options = f"--endpoint http://127.0.0.1:{port} --model liver --watch in --out out"
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "zoo.predict",
            *options.split(),
            "--quiet-s",
            "1.5",
            *further,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=open(folder / "log", "a", encoding="utf-8"),
    )


def answered(folder):
    table = folder / "out" / "result.csv"
    return table.read_text(encoding="utf-8").count("\n") - 1 if table.exists() else 0


def killed(folder, port, seed):
    """A watcher that is killed while it begins, or after some answers, amid one."""
    chance = random.Random(seed)
    answers = answered(folder) + chance.randint(0, 20)
    process = started(folder, port)
    while seed % 4 and answered(folder) < answers:
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.2 if seed % 4 else 2))
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_each_of_many_studies_is_answered_once_whatever_is_killed(tmp_path):
    task, files = tiny_studies.make(tmp_path, STUDIES)
    (tmp_path / "in").mkdir()
    model, asked = served(task)
    with rest_server(model) as port:
        coming = threading.Thread(target=arrive, args=(tmp_path / "in", files))
        coming.start()
        for seed in range(KILLS):
            killed(tmp_path, port, seed)
        between = answered(tmp_path)
        process = started(tmp_path, port)
        coming.join()
        while answered(tmp_path) < STUDIES:
            assert process.poll() is None
            time.sleep(0.2)
        time.sleep(3)  # in which nothing more may come
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert 0 < between < STUDIES  # or the kills came when there was nothing to do
    table = rows(tmp_path / "out" / "result.csv")
    assert [int(row["﻿number"]) for row in table] == [*range(1, STUDIES + 1)]
    names = {row["name"] for row in table}
    assert len(names) == STUDIES
    assert not any(row["error"] for row in table)
    there = {path.stem for path in (tmp_path / "out" / "answered").iterdir()}
    assert there == names
    for folder in ("failed", "changed"):
        assert not any((tmp_path / "out" / folder).iterdir())
    assert len(set(asked)) == STUDIES  # whole studies: half a one is another record
    assert len(asked) <= STUDIES + KILLS  # again where the kill came amid a study
    assert len(list((tmp_path / "in").rglob("*.dcm"))) == len(files)
