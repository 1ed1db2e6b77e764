import dataclasses

import pytest

from pipelines.tasks.sequence import Match, Sequence
from tests.pipelines.records import small
from zoo.serving.page import sequence_proposal
from zoo.serving.page.sequence_proposal import WantedSequence, mask, of_task, sequences

BRAIN = [WantedSequence(name=name) for name in ("T1", "T1c", "T2", "FLAIR")]
RULED = (
    WantedSequence(name="arterial", descriptions=(("(?i)art|phase1", "sub"),)),
    WantedSequence(name="portal", descriptions=(("pv|venous", ""),)),
)


@pytest.mark.parametrize(
    ("wanted", "files", "proposed"),
    [
        (
            BRAIN,
            ["p/sub-1_T1c.nii.gz", "p/sub-1_T1.nii.gz", "p/flair.nii", "p/t2.nii.gz"],
            ["p/sub-1_T1.nii.gz", "p/sub-1_T1c.nii.gz", "p/t2.nii.gz", "p/flair.nii"],
        ),
        (
            RULED,
            ["3_VIBE_pv.nii", "2_VIBE_ART.nii"],
            ["2_VIBE_ART.nii", "3_VIBE_pv.nii"],
        ),
        (RULED, ["2_phase1_sub.nii", "3_venous.nii"], [None, "3_venous.nii"]),
        ([WantedSequence(name="T2WI")], ["whatever.nii"], ["whatever.nii"]),
        (
            [WantedSequence(name="T2WI"), WantedSequence(name="T1WI")],
            ["ax_t1.nii", "ax_t2.nii"],
            ["ax_t2.nii", "ax_t1.nii"],
        ),
        (
            [WantedSequence(name="增强")] + BRAIN[:1],
            ["a/增强.nii", "b.nii"],
            ["a/增强.nii", None],
        ),
    ],
)
def test_names_and_rules_speak_for_files(wanted, files, proposed):
    expected = {
        each.name: file for each, file in zip(wanted, proposed, strict=True) if file
    }
    assert sequences(files, wanted) == expected


def test_a_mask_is_the_one_file_that_says_so():
    assert mask(["t1.nii", "tumor_seg.nii"]) == "tumor_seg.nii"
    assert mask(["t1.nii", "t2.nii"]) is None
    assert mask(["mask1.nii", "mask2.nii"]) is None


def test_the_sequences_of_a_task_with_their_rules():
    task = small.task(channels=("T1", "T2"))
    ruled = Sequence(
        name="T2",
        required=False,
        match=Match(description="t2", not_description="fs"),
        or_match=(Match(echo_time_ms=(80, 200)),),
    )
    task = dataclasses.replace(task, sequences=(Sequence(name="T1"), ruled))
    assert of_task(task) == (
        WantedSequence(name="T1"),
        WantedSequence(name="T2", required=False, descriptions=(("t2", "fs"),)),
    )
    assert sequence_proposal.sequences([], of_task(task)) == {}


def test_of_several_tasks_only_what_all_require_is_required(task):
    """Members of another task abstain, as they do in `zoo.predict`."""
    both = {one.name: dataclasses.replace(one, required=True) for one in task.sequences}

    def of(*names):
        own = tuple(both[name] for name in names)
        return dataclasses.replace(task, sequences=own)

    def required(*tasks):
        wanted = sequence_proposal.of_tasks(tasks)
        return {one.name: one.required for one in wanted}

    t2, t1 = ("T2WI", "T1WI")
    assert required(of(t2, t1)) == {t2: True, t1: True}
    assert required(of(t2), of(t1)) == {t2: False, t1: False}
    assert required(of(t2), of(t2, t1)) == {t2: True, t1: False}
    assert required(task) == {t2: True, t1: False}
