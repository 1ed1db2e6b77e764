"""Samples of different patients that look alike: perhaps one study under two ids.

A copy may be mirrored, shifted, rescaled, cropped or saved in another precision, so no
hash is equal. Each channel is compared as a thumbnail of 16x16x16 blocks: the highest
correlation of two of them over all shifts (circular, by the product of their spectra),
all mirror images and a few magnifications in the plane (a grid that volumes are scaled
to shows what was cropped larger). What bodies have in common, their outline, lies in
the low frequencies: each frequency is first divided by a power of what it has in the
whole data set. Worth a look are pairs well above what is usual there. How much is
found, and how often it is wrong: `benchmarks/near_duplicates.py`.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.fft

from pipelines.records.manifest import Row
from pipelines.records.volume_hash import BLOCKS, FREQUENCIES, NEAR_BITS, block_means

_WHITENING = 0.8  # power of a frequency's amplitude that it is divided by
_ABOVE_USUAL = 0.45  # of the way from the median of pairs to 1: worth a look
_FEW, _LEAST = 0.3, 0.15  # the median of few pairs, and the least that counts
_SAMPLED_PAIRS = 400
_FEW_PAIRS = 20
_MAGNIFIED = (1.0, 1.12, 1.25)
_CANDIDATE_BITS = 22  # of 64: pairs further apart are not compared
_BLOCK_ROWS = 512
_AXES = (-3, -2, -1)
_MIRRORS = tuple(itertools.product((False, True), repeat=3))


def near_duplicates(
    rows: Sequence[Row], thumbnails: np.ndarray | None = None
) -> tuple[tuple[str, str], ...]:
    """Pairs of sample ids of different patients that look alike.

    Pairs of one patient (the sequences or visits of a person look alike anyway) and
    pairs whose voxels are equal in all channels are left out.

    Args:
        thumbnails: `[N, C, 16, 16, 16]`, see `thumbnail`; none = by the hash of whole
            volumes alone, which finds copies that lie where their originals lie.
    """
    pairs = {*_by_hash(rows)}
    if thumbnails is not None:
        for channel in range(thumbnails.shape[1]):
            pairs |= {*similar_pairs(thumbnails[:, channel])}
    ordered = sorted(pairs)
    return tuple(
        (rows[first].sample_id, rows[second].sample_id)
        for first, second in ordered
        if rows[first].patient_id != rows[second].patient_id
        and not (
            rows[first].volume_hash
            and rows[first].volume_hash == rows[second].volume_hash
        )
    )


def thumbnail(codes: np.ndarray, fill_codes: Sequence[int]) -> np.ndarray:
    """Every channel of a record as blocks of mean 0 and norm 1.

    Args:
        codes: int16 `[D, H, W, C]`.
        fill_codes: those of voxels that are not foreground, one for each channel.

    Returns:
        float32 `[C, 16, 16, 16]`; zeros where a channel is not there or constant.
    """
    blocks = np.stack(
        [
            block_means(codes[..., channel], int(fill_code))
            for channel, fill_code in enumerate(fill_codes)
        ]
    ).astype(np.float64)
    blocks -= blocks.mean(axis=_AXES, keepdims=True)
    norm = np.sqrt((blocks**2).sum(axis=_AXES, keepdims=True))
    return np.divide(blocks, norm, out=np.zeros_like(blocks), where=norm > 0).astype(
        np.float32
    )


def similar_pairs(thumbnails: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of places in `thumbnails` `[N, 16, 16, 16]` that are worth a look."""
    amplitude = _amplitude(thumbnails)
    details = _whitened(thumbnails, amplitude)
    usual = _usual(details)
    similar = usual + _ABOVE_USUAL * (1 - usual)
    pairs = set()
    for factor in _MAGNIFIED:
        magnified = _magnified(thumbnails, factor)
        spectra = scipy.fft.rfftn(_whitened(magnified, amplitude), axes=_AXES)
        for first, seconds in enumerate(_few_bits_apart(thumbnails, magnified)):
            values = _similarity(details[first], spectra[seconds])
            pairs |= {
                (min(first, int(second)), max(first, int(second)))
                for second in seconds[values >= similar]
            }
    return sorted(pairs)


def _magnified(thumbnails: np.ndarray, factor: float) -> np.ndarray:
    """About the centre of the plane, by linear interpolation."""
    if factor == 1:
        return thumbnails
    places = (np.arange(BLOCKS) - (BLOCKS - 1) / 2) / factor + (BLOCKS - 1) / 2
    lower = places.astype(int)
    share = places - lower
    weights = np.zeros((BLOCKS, BLOCKS), np.float32)
    weights[np.arange(BLOCKS), lower] = 1 - share
    weights[np.arange(BLOCKS), lower + 1] += share
    return np.einsum("hi,wj,ndij->ndhw", weights, weights, thumbnails, optimize=True)


def _amplitude(thumbnails: np.ndarray) -> np.ndarray:
    """Of each frequency in all of them and their mirror images: `[16, 16, 9]`."""
    spectra = scipy.fft.rfftn(thumbnails, axes=_AXES)
    power = (np.abs(spectra) ** 2).mean(axis=0)
    for axis in (0, 1):  # the third is half a spectrum, and follows
        power = power + np.roll(np.flip(power, axis), 1, axis)
    amplitude = np.sqrt(power)
    return amplitude + 1e-6 * max(float(amplitude.max()), 1e-30)


def _whitened(thumbnails: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
    """The same with more equal frequencies, of norm 1; a mirror image stays one."""
    spectra = scipy.fft.rfftn(thumbnails, axes=_AXES) / amplitude**_WHITENING
    spectra[:, 0, 0, 0] = 0
    details = scipy.fft.irfftn(spectra, s=(BLOCKS,) * 3, axes=_AXES)
    norm = np.sqrt((details**2).sum(axis=_AXES, keepdims=True))
    return np.divide(details, norm, out=np.zeros_like(details), where=norm > 1e-12)


def _usual(details: np.ndarray) -> float:
    """The median similarity of two samples, by some that are drawn."""
    number = len(details)
    if number * (number - 1) // 2 < _FEW_PAIRS:
        return _FEW
    draw = np.random.default_rng(0)
    spectra = scipy.fft.rfftn(details, axes=_AXES)
    firsts = draw.integers(number, size=_SAMPLED_PAIRS)
    seconds = (firsts + draw.integers(1, number, size=_SAMPLED_PAIRS)) % number
    values = [
        _similarity(details[first], spectra[[second]])[0]
        for first, second in zip(firsts, seconds)
    ]
    return max(_LEAST, float(np.median(values)))


def _similarity(one: np.ndarray, spectra: np.ndarray) -> np.ndarray:
    """Highest correlation of `one` `[16, 16, 16]` with each of `[K, 16, 16, 9]`."""
    best = np.full(len(spectra), -1.0, np.float32)
    for mirror in _MIRRORS if len(spectra) else ():
        axes = [axis for axis, on in zip(_AXES, mirror) if on]
        mirrored = scipy.fft.rfftn(np.flip(one, axes))
        shifted = scipy.fft.irfftn(
            mirrored * spectra.conj(), s=(BLOCKS,) * 3, axes=_AXES
        )
        best = np.maximum(best, shifted.max(axis=_AXES))
    return best


def _few_bits_apart(thumbnails: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """For each of `thumbnails`, those of `others` whose cosines have like signs.

    Mirrored or not. Where both are the same, later ones alone; never itself.
    """
    signs = _signs_of_cosines(thumbnails)
    odd = np.where(np.arange(1, FREQUENCIES + 1) % 2, -1.0, 1.0).astype(np.float32)
    ones = np.ones_like(odd)
    ways = [
        np.einsum("a,b,c->abc", *(odd if on else ones for on in mirror)).ravel()
        for mirror in _MIRRORS
    ]
    same = others is thumbnails
    flat = (signs if same else _signs_of_cosines(others)).reshape(len(others), -1)
    there = flat.any(axis=1)
    for first, own in enumerate(signs.reshape(len(signs), -1)):
        start = first + 1 if same else 0
        agreement = (flat[start:] @ np.stack([own * way for way in ways], 1)).max(
            axis=1
        )
        near = agreement >= flat.shape[1] - 2 * _CANDIDATE_BITS
        found = start + np.flatnonzero(near & there[start:] & own.any())
        yield found[found != first]


def _signs_of_cosines(thumbnails: np.ndarray) -> np.ndarray:
    """float32 `[N, 4, 4, 4]`, see `pipelines.records.volume_hash`."""
    places = (2 * np.arange(BLOCKS) + 1) * (np.pi / (2 * BLOCKS))
    waves = np.cos(np.arange(1, FREQUENCIES + 1)[:, None] * places).astype(np.float32)
    cosines = np.einsum(
        "ai,bj,ck,nijk->nabc", waves, waves, waves, thumbnails, optimize=True
    )
    return np.sign(cosines).astype(np.float32)


def _by_hash(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Places of rows whose volume hashes differ in `NEAR_BITS` bits or fewer."""
    hashed = [place for place, row in enumerate(rows) if row.volume_hash]
    if not hashed:
        return
    signs = _signs([rows[place].volume_hash for place in hashed])
    for start in range(0, len(hashed), _BLOCK_ROWS):
        agreement = signs[start : start + _BLOCK_ROWS] @ signs.T  # 64 - 2 bits apart
        near = np.argwhere(agreement >= signs.shape[1] - 2 * NEAR_BITS)
        for first, second in ((int(i) + start, int(j)) for i, j in near):
            if first < second:
                yield hashed[first], hashed[second]


def _signs(hashes: Sequence[str]) -> np.ndarray:
    """The second half of each hash as -1 and 1, float32 `[N, 64]`."""
    halves = [bytes.fromhex(both.partition("-")[2]) for both in hashes]
    bits = np.unpackbits(np.array([list(half) for half in halves], np.uint8), axis=1)
    return bits.astype(np.float32) * 2 - 1
