"""Samples of different patients that look alike, named while they are ingested.

By the bits of each channel's hash alone, mirrored along any axes, so that it costs next
to nothing: copies that lie where their originals lie, with other intensities, noise or
resolution. `pipelines.inspect` compares the volumes themselves and finds more; how much
either finds, and how often it is wrong: `benchmarks/near_duplicates.py`.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import WorkItem
from pipelines.records.volume_hash import FREQUENCIES, NEAR_BITS

_MIRRORS = tuple(itertools.product((False, True), repeat=3))
_BITS = FREQUENCIES**3
_BLOCK = 512  # samples compared with all at a time
_SHOWN = 10
_LOOKS_LIKE = ": looks like another patient's sample "


@dataclass(frozen=True, kw_only=True)
class NearCopies:
    """Pairs of samples of different patients that look alike in a channel.

    Args:
        pairs: ids of both, and the channel; in order.
        vague: channels whose hashes do not tell samples apart, as of small volumes of
            few grey values: more pairs than samples are alike, so none is named.
    """

    pairs: tuple[tuple[str, str, str], ...] = ()
    vague: tuple[str, ...] = ()

    def text(self, work_items: Mapping[str, WorkItem]) -> str:
        """For the terminal, by the user's own ids; "" where there is nothing to say."""
        lines = [
            f"{work_items[first].private} and {work_items[second].private} look alike "
            f"in {channel}"
            for first, second, channel in self.pairs[:_SHOWN]
        ]
        if len(self.pairs) > _SHOWN:
            lines.append(f"and {len(self.pairs) - _SHOWN} other pairs look alike")
        if self.pairs:
            lines.append(
                "studies of different patients that look alike may be copies, which "
                "could train and test. They are in the data set (column warnings of "
                "manifest.csv): look at them, and remove copies from the source"
            )
        lines += [
            f"{channel}: too many samples look alike to tell which are copies"
            for channel in self.vague
        ]
        return "\n".join(lines)

    def noted(self, work_items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
        """The work items with a warning each of what they look like, by pseudonyms."""
        said: dict[str, list[str]] = {}
        for first, second, channel in self.pairs:
            for sample, other in ((first, second), (second, first)):
                said.setdefault(sample, []).append(f"{channel}{_LOOKS_LIKE}{other}")
        return tuple(
            replace(
                work_item,
                warnings=(
                    *(w for w in work_item.warnings if _LOOKS_LIKE not in w),
                    *said.get(work_item.sample_id, ()),
                ),
            )
            for work_item in work_items
        )


def near_copies(
    work_items: Mapping[str, WorkItem],
    finished: Mapping[str, RecordNote],
    channels: Sequence[str],
) -> NearCopies:
    """Samples that look alike.

    Args:
        work_items: by sample_id, of all that is finished and perhaps more.
        finished: what comes in: exact copies under two patients do not.
    """
    named, vague = [], []
    for place, channel in enumerate(channels):
        hashed = [
            (sample, hashes[place].partition("-")[2])
            for sample, note in sorted(finished.items())
            if (hashes := note.channel_hashes) and hashes[place]
        ]
        pairs = [
            (hashed[first][0], hashed[second][0], channel)
            for first, second in near_pairs([bits for _, bits in hashed])
        ]
        pairs = [pair for pair in pairs if _of_two_patients(pair, work_items)]
        if len(pairs) > len(hashed):
            vague.append(channel)
        else:
            named += pairs
    return NearCopies(pairs=tuple(sorted(named)), vague=tuple(vague))


def _of_two_patients(
    pair: tuple[str, str, str], work_items: Mapping[str, WorkItem]
) -> bool:
    first, second, _ = pair
    return work_items[first].patient_id != work_items[second].patient_id


def near_pairs(hashes: Sequence[str]) -> list[tuple[int, int]]:
    """Places of hashes (16 hex digits) that differ in `NEAR_BITS` bits or fewer.

    One of each two may be mirrored along any axes: a mirror image changes the sign of
    the coefficients of odd frequency.
    """
    if not hashes:
        return []
    content = np.array([list(bytes.fromhex(one)) for one in hashes], np.uint8)
    signs = np.unpackbits(content, axis=1).astype(np.float32) * 2 - 1
    pairs = set()
    for start in range(0, len(signs), _BLOCK):
        for way in _mirror_signs():
            agreement = (signs[start : start + _BLOCK] * way) @ signs.T
            near = np.argwhere(agreement >= _BITS - 2 * NEAR_BITS)
            pairs |= {(int(i) + start, int(j)) for i, j in near if i + start < j}
    return sorted(pairs)


def _mirror_signs() -> list[np.ndarray]:
    odd = np.where(np.arange(1, FREQUENCIES + 1) % 2, -1.0, 1.0)
    same = np.ones_like(odd)
    return [
        np.einsum("a,b,c->abc", *(odd if on else same for on in mirror))
        .ravel()
        .astype(np.float32)
        for mirror in _MIRRORS
    ]
