"""Patients and volumes that stand on both sides of a split."""

import itertools
from collections.abc import Iterable, Sequence

from pipelines.records.data_set import LEAKS, SplitBy
from pipelines.records.manifest import Row
from zoo.auditing.finding import Finding

_SHOWN = 10


def patients_in_two_splits(
    rows: Sequence[Row], *, split_by: SplitBy = "patient"
) -> Finding:
    """A patient of two groups of shards: what ingest refuses, seen in the manifest.

    Args:
        split_by: where images were dealt, studies are held against each other.
    """
    by_image = split_by == "image"
    whose = "studies" if by_image else "patients"
    groups: dict[str, set[str]] = {}
    for row in rows:
        name = row.study_id if by_image else row.patient_id
        groups.setdefault(name, set()).add(row.group)
    leaks = sorted(name for name, names in groups.items() if len(names) > 1)
    lines = [f"{len(groups)} {whose}, each in one split"]
    if leaks:
        lines = [LEAKS] if by_image else []
        lines.append(f"{len(leaks)} of {len(groups)} {whose} are in two splits:")
        lines += _shown(leaks)
    return Finding(
        check="patients_in_two_splits",
        found=bool(leaks),
        lines=tuple(lines),
        facts={"patients": leaks},
    )


def copies_across_splits(
    rows: Sequence[Row],
    equal: Iterable[Sequence[str]],
    alike: Iterable[tuple[str, str]],
) -> Finding:
    """Samples of different patients that are equal, or look alike.

    A finding where the two are in different splits; within one split they are counted:
    there they count somebody twice.

    Args:
        equal: groups of samples whose voxels are equal.
        alike: pairs that `pipelines.inspection.near_duplicates` names.
    """
    of = {row.sample_id: row for row in rows}
    pairs = {
        "equal": [pair for group in equal for pair in itertools.combinations(group, 2)],
        "alike": list(alike),
    }
    facts: dict[str, list] = {"across": [], "within": []}
    for how, found in pairs.items():
        for first, second in found:
            if of[first].patient_id == of[second].patient_id:
                continue
            apart = of[first].group != of[second].group
            groups = [of[first].group, of[second].group]
            facts["across" if apart else "within"].append(
                {"samples": [first, second], "splits": groups, "how": how}
            )
    across, within = facts["across"], facts["within"]
    lines = [
        f"{len(across)} pairs of different patients' samples are equal or look alike "
        f"and are in different splits, {len(within)} are in one split"
    ]
    lines += _shown(
        f"{' and '.join(pair['samples'])} ({pair['how']}; "
        f"{' and '.join(pair['splits'])})"
        for pair in across
    )
    return Finding(
        check="copies_across_splits",
        found=bool(across),
        lines=tuple(lines),
        facts=facts,
    )


def _shown(names: Iterable[str]) -> list[str]:
    names = list(names)
    more = [f"  and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return [*(f"  {name}" for name in names[:_SHOWN]), *more]
