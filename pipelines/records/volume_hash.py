"""Hashes of volumes, to find studies that are there twice.

A volume hash reads `0123456789abcdef-fedcba9876543210`. The first half is the start of
the SHA-256 of shape and codes: equal for equal voxels. The second has one bit for each
of 64 cosine coefficients of the volume, averaged over 16x16x16 blocks: frequencies 1
to 4 along D, H and W, the bit says whether the coefficient is positive. Scale and
offset of the intensities leave it alone, noise and rounding turn few bits; volumes of
different patients differ in many. All sums are of integers, so every machine finds the
same bits. (The idea is the perceptual hash of images: Zauner, 2010.)
"""

import hashlib

import numpy as np

from pipelines.records.quantisation import Codes

BLOCKS = 16
FREQUENCIES = 4
_SAMPLED = 2**15  # voxels of a source
_IN_INT32 = 2**15  # codes, 2^16 - 1 apart at most, whose sum int32 holds for certain
NEAR_BITS = 6  # volumes that differ in no more bits are worth a look


def hashes(codes: Codes) -> tuple[str, tuple[str, ...]]:
    """The hash of a volume, and of each channel what `near_hash` gives."""
    shape = np.array(codes.codes.shape, "<i4").tobytes()
    content = np.ascontiguousarray(codes.codes, "<i2").tobytes()
    exact = hashlib.sha256(shape + content).hexdigest()[:16]
    blocks = [_blocks(codes, channel) for channel in range(len(codes.fill_code))]
    near = _cosine_bits(np.sum(blocks, axis=0))
    return f"{exact}-{near}", tuple(map(_cosine_bits, blocks))


def volume_hash(codes: Codes) -> str:
    """Both hashes of a volume, 16 hex digits each, joined by `-`."""
    return hashes(codes)[0]


def source_hash(values: np.ndarray) -> str:
    """16 hex digits, equal for equal voxels, whatever the type that holds them.

    Of a sample of voxels, spread over all of them, for it must cost nothing.

    Args:
        values: `[D, H, W]`.
    """
    flat = values.reshape(-1)
    sample = flat[:: max(1, flat.size // _SAMPLED) | 1]
    shape = np.array(values.shape, "<i4").tobytes()
    content = np.ascontiguousarray(sample, "<f8").tobytes()
    return hashlib.sha256(shape + content).hexdigest()[:16]


def near_hash(codes: Codes, channel: int) -> str:
    """The bits of one channel, 16 hex digits."""
    return _cosine_bits(_blocks(codes, channel))


def bits_apart(first: str, second: str) -> int:
    """In how many bits the near-duplicate halves of two volume hashes differ."""
    halves = (int(hashes.partition("-")[2], 16) for hashes in (first, second))
    return (next(halves) ^ next(halves)).bit_count()


def _blocks(codes: Codes, channel: int) -> np.ndarray:
    return block_means(codes.codes[..., channel], int(codes.fill_code[channel]))


def _cosine_bits(blocks: np.ndarray) -> str:
    waves = _waves()
    for _ in range(3):  # each turn transforms the first axis and moves it to the end
        blocks = np.tensordot(blocks, waves, axes=(0, 1))
    bits = (blocks > 0).ravel()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def block_means(codes: np.ndarray, fill_code: int) -> np.ndarray:
    """Means of the codes, scaled to 0..4095 of their range: int64 `[16, 16, 16]`."""
    foreground = codes != fill_code
    if not foreground.any():
        return np.zeros((BLOCKS, BLOCKS, BLOCKS), np.int64)
    lowest = int(codes.min(where=foreground, initial=32767))
    sums = np.subtract(codes, lowest, dtype=np.int32)
    sums *= foreground
    voxels = np.int64(1)
    for axis in (2, 1, 0):  # the last lies together in memory and shrinks it most
        size = codes.shape[axis]
        edges = np.arange(BLOCKS) * size // BLOCKS
        narrow = axis == 2 and size <= BLOCKS * _IN_INT32
        kind = np.int32 if narrow else np.int64
        sums = np.add.reduceat(sums, edges, axis=axis, dtype=kind)
        widths = np.maximum(np.diff(edges, append=size), 1)
        voxels = voxels * np.expand_dims(widths, tuple(range(1, 3 - axis)))
    means = sums * 64 // voxels
    return means * 4095 // max(int(means.max()), 1)


def _waves() -> np.ndarray:
    """Cosines of frequency 1 to 4 over 16 blocks, in 128ths: int64 `[4, 16]`."""
    places = (2 * np.arange(BLOCKS) + 1) * np.pi / (2 * BLOCKS)
    angles = np.arange(1, FREQUENCIES + 1)[:, None] * places
    return np.rint(128 * np.cos(angles)).astype(np.int64)
