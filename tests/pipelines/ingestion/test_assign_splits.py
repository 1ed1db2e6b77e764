"""Which patients come together in a split."""

import dataclasses
import math
from collections import Counter

from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.work_item import WorkItem
from pipelines.tasks.target import Target
from tests.pipelines.records import small


def work_item(patient, number, study="0"):
    return WorkItem(
        sample_id=f"{patient}-{study}",
        study_id=f"{patient}-{study}",
        patient_id=patient,
        private="",
        sources={},
        target=(number,),
    )


def assigned(work_items):
    task = small.task(train=0.6, validation=0.2, test=0.2)
    target = Target(kind="regression", columns=("kpa",))
    task = dataclasses.replace(task, target=target)
    return {one: a.split for one, a in assign(work_items, task, recorded={}).items()}


def test_low_and_high_numbers_are_in_every_split_alike():
    splits = assigned([work_item(f"p{n:02}", float(n)) for n in range(40)])
    for quarter in range(4):
        of_quarter = (
            splits[f"p{n:02}"] for n in range(10 * quarter, 10 * quarter + 10)
        )
        assert Counter(of_quarter) == {"train": 6, "validation": 2, "test": 2}


def test_a_patient_of_several_studies_has_the_mean_of_their_numbers():
    once = [work_item(f"p{n:02}", float(n)) for n in range(40)]
    several = [
        one
        for n in range(40)
        for one in (
            work_item(f"p{n:02}", n - 30.0, "0"),
            work_item(f"p{n:02}", n + 30.0, "1"),
            work_item(f"p{n:02}", math.nan, "2"),
        )
    ]
    assert assigned(several) == assigned(once)
