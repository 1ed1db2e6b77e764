"""What ingest does to a study before it is a record."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What is done to a study before it is a record.

    Args:
        n4: N4 bias field correction of every sequence (Tustison et al., 2010).
        registration: `"rigid"` aligns every sequence to the reference one.
        background_crop: crop to the box of what is not background.
        roi_share: crop to a box that holds this share of the study's mask, e.g. 0.8;
            0 = no crop. Studies without a mask are rejected.
        roi_slices: the grid's slices are so many adjacent ones of the reference
            sequence, around the largest section of the study's mask; 0 = all. Studies
            without a mask are rejected.
        gzip: compress the shards (0.7 of the size, a fraction of the reading speed).
    """

    n4: bool = False
    registration: Literal["none", "rigid"] = "none"
    background_crop: bool = False
    roi_share: float = 0.0
    roi_slices: int = 0
    gzip: bool = False

    def __post_init__(self):
        if not 0 <= self.roi_share <= 1 or self.roi_slices < 0:
            raise ValueError(
                "roi_share is within 0..1, roi_slices 0 or more. "
                f"Received: {self.roi_share}, {self.roi_slices}"
            )
        if self.roi_share and self.background_crop:
            raise ValueError(
                "there is one crop: roi_share or background_crop. "
                f"Received: roi_share={self.roi_share}, background_crop=true"
            )

    @property
    def wants_mask(self) -> bool:
        """Whether a study needs a region of interest."""
        return bool(self.roi_share or self.roi_slices)
