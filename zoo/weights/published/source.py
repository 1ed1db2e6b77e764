"""What is declared of a file of published weights."""

from dataclasses import dataclass
from typing import Literal

from zoo.weights.published import checksum as checksums
from zoo.weights.published.checksum import Checksum

Format = Literal["npz", "safetensors", "torch", "caffe", "keras_h5"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file of published weights.

    Args:
        file_name: in the directory of weights, unique among all sources.
        url: where its publisher has it; empty = it has to be brought by hand.
        checksum: as the publisher states it, see
            `zoo.weights.published.checksum.Checksum`.
        licence: SPDX name, or the publisher's own words.
        format: what kind of file it is.
        top1: accuracy on ImageNet's validation images in percent, as published; none
            = not published for this file.
        top1_source: who says so, and for which crop where that is said.
        content: what the file holds.
    """

    file_name: str
    url: str = ""
    checksum: str
    licence: str
    format: Format
    top1: float | None = None
    top1_source: str = ""
    content: str

    def __post_init__(self):
        checksums.parse(self.checksum)
        if (self.top1 is None) != (not self.top1_source):
            raise ValueError(
                "an accuracy goes with who published it. Received: "
                f"top1={self.top1}, top1_source={self.top1_source!r}"
            )

    @property
    def stated(self) -> Checksum:
        """The checksum as a value."""
        return checksums.parse(self.checksum)

    def where(self) -> str:
        """What the file is and where it comes from, for an error."""
        address = f", from {self.url}" if self.url else ""
        return f"{self.file_name}{address} ({self.content}; {self.checksum})"
