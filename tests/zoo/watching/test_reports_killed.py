"""Real watchers that write reports, killed at random: see `test_watch_killed`."""

import json
import random
import signal
import time

import pydicom
import pytest

from tests.zoo.serving.client.fake_servers import rest_server
from tests.zoo.test_predict_reports import reported
from tests.zoo.watching import tiny_studies
from tests.zoo.watching.test_watch_killed import answered, arrive, served, started

STUDIES, KILLS = 20, 4


def kept(folder):
    """The reports that are in their places, by name."""
    return {path.name: path.read_bytes() for path in folder.glob("sr/[!.]*")}


def until(process, condition):
    while not condition():
        assert process.poll() is None
        time.sleep(0.01)


@pytest.mark.slow
def test_each_study_has_one_report_whatever_is_killed(tmp_path):
    task, files = tiny_studies.make(tmp_path, STUDIES)
    (tmp_path / "in").mkdir()
    model, asked = served(task)
    arrive(tmp_path / "in", files)
    before, chance = {}, random.Random(0)
    with rest_server(model) as port:
        for _ in range(KILLS):
            process = started(tmp_path, port, "--sr", "sr")
            wanted = len(before) + 2 * chance.randint(1, 3)
            until(process, lambda: len(kept(tmp_path)) >= wanted)  # noqa: B023
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
            now = kept(tmp_path)
            assert before.items() <= now.items()  # none in the place of another
            before = now
        assert 0 < answered(tmp_path) < STUDIES
        process = started(tmp_path, port, "--sr", "sr")
        until(process, lambda: answered(tmp_path) == STUDIES)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert before.items() <= kept(tmp_path).items()
    answers = {path.stem: path for path in tmp_path.glob("out/answered/*.json")}
    assert len(answers) == STUDIES <= len(asked) <= STUDIES + KILLS
    assert sorted(path.name for path in (tmp_path / "sr").iterdir()) == sorted(
        f"{record}-{end}.dcm" for record in answers for end in ("picture", "report")
    )
    made = [pydicom.dcmread(path) for path in (tmp_path / "sr").iterdir()]
    assert len({image.SOPInstanceUID for image in made}) == 2 * STUDIES
    assert len({image.StudyInstanceUID for image in made}) == STUDIES
    for record, path in answers.items():
        (result,) = json.loads(path.read_text(encoding="utf-8"))["results"]
        numbers, *_ = reported(tmp_path / "sr" / f"{record}-report.dcm")
        shares = result["probabilities"]
        assert numbers == {f"Probability of {n}": s for n, s in shares.items()}
