"""The series of a scan that are images by a modality that the task asks for."""

from collections import Counter
from dataclasses import replace

from pipelines.readers.dicom.modality import unwanted
from pipelines.readers.dicom.scan import Scan
from pipelines.tasks.task import Task

_WITHOUT_RULES = frozenset({"MR"})


def modalities(task: Task) -> frozenset[str]:
    """What the rules of the task ask for; MR where it has none."""
    rules = (rule for sequence in task.sequences for rule in sequence.rules)
    return frozenset(rule.modality for rule in rules) or _WITHOUT_RULES


def wanted_images(scan: Scan, task: Task) -> Scan:
    """The scan without what is no such image; its files count as ignored, by why.

    A segmentation or a screenshot of a T2 must neither be taken for it nor make it
    ambiguous, so this comes before any rule.
    """
    asked = modalities(task)
    kept, ignored = [], Counter(scan.ignored)
    for series in scan.series:
        why = unwanted(series, asked)
        if why:
            ignored[why] += len({frame.path for frame in series.frames})
        else:
            kept.append(series)
    return replace(scan, series=tuple(kept), ignored=dict(sorted(ignored.items())))
