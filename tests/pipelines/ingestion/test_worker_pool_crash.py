"""A study that kills its worker is rejected alone.

The workers load this module: it imports nothing heavy.
"""

import os
import signal

from pipelines.errors import StudyError
from pipelines.ingestion import worker_pool
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import WorkItem
from pipelines.storage.executors import Processes


def dies_on_the_third(work_item, task, folder):
    """Stands in for `work`: a decoder that crashes."""
    if work_item.sample_id == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return RecordNote(
        digest="",
        checksum="",
        clipped=(),
        volume_hash="",
        channel_hashes=(),
    )


def work_items(number):
    return [
        WorkItem(
            sample_id=str(index),
            study_id="",
            patient_id="",
            private="",
            sources={},
            target=(0.0,),
        )
        for index in range(number)
    ]


def test_only_the_study_that_kills_its_process_is_lost(monkeypatch):
    monkeypatch.setattr(worker_pool, "work", dies_on_the_third)
    with Processes(2) as processes:
        outcomes = dict(worker_pool._in_processes(work_items(8), None, "", processes))
    assert len(outcomes) == 8
    failed = {one: out for one, out in outcomes.items() if isinstance(out, StudyError)}
    assert set(failed) == {"3"} and failed["3"].code == "crashed"
