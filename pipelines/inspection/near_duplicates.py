"""Samples of different patients that look alike: perhaps one study under two ids."""

import numpy as np

from pipelines.records.manifest import Row
from pipelines.records.volume_hash import NEAR_BITS

_BLOCK_ROWS = 512


def near_duplicates(rows: tuple[Row, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of sample ids whose volume hashes differ in `NEAR_BITS` bits or fewer.

    Pairs of one patient (the sequences or visits of a person look alike anyway) and
    pairs with equal voxels are left out.
    """
    hashed = [row for row in rows if row.volume_hash]
    if not hashed:
        return ()
    signs = _signs(hashed)
    pairs = []
    for start in range(0, len(hashed), _BLOCK_ROWS):
        agreement = signs[start : start + _BLOCK_ROWS] @ signs.T  # 64 - 2 bits apart
        near = np.argwhere(agreement >= signs.shape[1] - 2 * NEAR_BITS)
        for first, second in ((int(i) + start, int(j)) for i, j in near):
            first_row, second_row = hashed[first], hashed[second]
            if (
                first < second
                and first_row.patient_id != second_row.patient_id
                and first_row.volume_hash != second_row.volume_hash
            ):
                pairs.append((first_row.sample_id, second_row.sample_id))
    return tuple(pairs)


def _signs(rows: list[Row]) -> np.ndarray:
    """The second half of each hash as -1 and 1, float32 `[N, 64]`."""
    halves = [bytes.fromhex(row.volume_hash.partition("-")[2]) for row in rows]
    bits = np.unpackbits(np.array([list(half) for half in halves], np.uint8), axis=1)
    return bits.astype(np.float32) * 2 - 1
