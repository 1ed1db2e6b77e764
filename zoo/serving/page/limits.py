"""How much an upload may hold, unpacked as well, and how long it may take."""

from dataclasses import dataclass

_MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class PageLimits:
    """Bounds of size, number, time and memory of what the page is given.

    Args:
        total_bytes: of all files of an upload; unpacked, of all again.
        file_bytes: of one file, packed and unpacked.
        files: how many, and how many come out of archives.
        archive_ratio: how many times its size an archive may unpack to, from
            `archive_small_bytes` on: masks are nearly all zeros.
        manifest_bytes: of the list of files before them.
        at_once: uploads that arrive, wait or are worked on.
        idle_s: for the next bytes of an upload.
        work_s: for making the records of an upload, and for making its reports.
        memory_bytes: of the process that makes both.
        shown_bytes: of the voxels in one answer; studies beyond it come without.
        report_bytes: of the DICOM reports in one answer, likewise.
    """

    total_bytes: int = 2048 * _MIB
    file_bytes: int = 1024 * _MIB
    files: int = 20_000
    archive_ratio: int = 200
    archive_small_bytes: int = 64 * _MIB
    manifest_bytes: int = 8 * _MIB
    at_once: int = 4
    idle_s: float = 60.0
    work_s: int = 600
    memory_bytes: int = 16_384 * _MIB
    shown_bytes: int = 256 * _MIB
    report_bytes: int = 256 * _MIB

    def __post_init__(self):
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} must be positive. Received: {value}")
