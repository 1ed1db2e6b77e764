"""The sequences of a task, and the rules that recognise them among DICOM series."""

import math
import re
from dataclasses import dataclass, fields
from typing import Literal

from pipelines.tasks import derivation

_CODE = re.compile(r"[A-Z]{2,16}")
Plane = Literal["axial", "sagittal", "coronal"]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Conditions on a series' header; all that are stated must hold.

    A fact that the header does not give fulfils no condition that asks for it.

    Args:
        modality: of the images, as Modality says it: `"MR"`, `"CT"`, `"PT"`.
        description: regular expression searched in SeriesDescription (case ignored).
        not_description: the same, must not be found.
        image_type: words that ImageType must contain (case ignored).
        not_image_type: words that it must not contain.
        b_value: lowest and highest b-value, both included, in s/mm2.
        diffusion: whether the series has a b-value at all.
        contrast: whether the header states a contrast agent.
        echo_time_ms, repetition_time_ms, inversion_time_ms: lowest and highest, both
            included.
        plane: orientation of the slices.
        phase: which one of the repeated stacks of a series (time points, cardiac
            phases), from 1 for the first in time; -1 is the last one.
        scan_options: words that ScanOptions must contain, e.g. `"FS"`.
        not_scan_options: words that it must not contain.
        scanning_sequence, not_scanning_sequence: likewise, e.g. `"SE"`, `"EP"`.
        prefer: which one to take where several series match (`"first"` and `"last"`
            by series number); none = reject the study.
    """

    modality: str = "MR"
    description: str | None = None
    not_description: str | None = None
    image_type: tuple[str, ...] = ()
    not_image_type: tuple[str, ...] = ()
    b_value: tuple[float, float] | None = None
    diffusion: bool | None = None
    contrast: bool | None = None
    echo_time_ms: tuple[float, float] | None = None
    repetition_time_ms: tuple[float, float] | None = None
    inversion_time_ms: tuple[float, float] | None = None
    plane: Plane | None = None
    phase: int | None = None
    scan_options: tuple[str, ...] = ()
    not_scan_options: tuple[str, ...] = ()
    scanning_sequence: tuple[str, ...] = ()
    not_scanning_sequence: tuple[str, ...] = ()
    prefer: (
        Literal[
            "most_slices", "fewest_slices", "first", "last", "lowest_b", "highest_b"
        ]
        | None
    ) = None

    def __post_init__(self):
        for name in ("description", "not_description"):
            pattern = getattr(self, name)
            if pattern is not None:
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise ValueError(
                        f"{name} is no regular expression ({error}). "
                        f"Received: {pattern!r}"
                    ) from error
        for name in (
            "b_value",
            "echo_time_ms",
            "repetition_time_ms",
            "inversion_time_ms",
        ):
            bounds = getattr(self, name)
            if bounds is not None and bounds[0] > bounds[1]:
                raise ValueError(f"{name} is lowest, highest. Received: {bounds}")
        if self.phase == 0:
            raise ValueError("phase counts from 1, or from -1 backwards. Received: 0")
        if not _CODE.fullmatch(self.modality):
            raise ValueError(
                "modality is a code of DICOM in capitals, such as 'MR', 'CT' or 'PT'. "
                f"Received: {self.modality!r}"
            )
        if all(
            getattr(self, condition.name) == condition.default
            for condition in fields(self)
            if condition.name != "prefer"
        ):
            raise ValueError(
                "a match wants at least one condition, for it would take every "
                "series. Received: none"
            )


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """One sequence of the task: by default a channel (or, by series, one name).

    Args:
        name: of the channel, in figures and options.
        required: false keeps a study without it, with `present` 0 for the channel.
        match: how DICOM series are recognised; absent where a table names them.
        or_match: other ways to recognise the sequence, for vendors whose headers say
            it differently; a series that fits any one of them belongs to it.
        directions: `"trace"` makes the isotropic image of diffusion in several gradient
            directions, their geometric mean, where the study has none (of NIfTI, of
            the frames that a table names by b=800); none = such a study is rejected.
        derive: the channel is computed from others on the common grid, after
            registration: a difference `"A - B"`, a ratio `"A / B"`, the apparent
            diffusion coefficient `"adc(A, B, C)"` in 1e-6 mm2/s of two or more
            b-values, or how far the signals of three or more lie off that fit,
            `"adc_residual(A, B, C)"`. A study that lacks a source lacks the derived
            channel too (`present` 0). Outside is where a source shows nothing, the
            divisor is near zero, or a signal that is fitted is noise.
        b_value: in s/mm2, where the images do not state it (NIfTI without a .bval file
            beside it), for a fit; where they do, studies that state another one are
            rejected.
        channel: false reads the sequence for what comes from it (a derive,
            grid.centre_of, grid.reference); the record does not hold it.
    """

    name: str
    required: bool = True
    match: Match | None = None
    or_match: tuple[Match, ...] = ()
    directions: Literal["trace"] | None = None
    derive: str | None = None
    b_value: float | None = None
    channel: bool = True

    def __post_init__(self):
        if self.derive is not None:
            derivation.parse(self.derive)
            if self.b_value is not None or not self.channel:
                raise ValueError(
                    "a derived sequence is a channel without a b_value. Received: "
                    f"b_value={self.b_value}, channel={self.channel} for {self.name!r}"
                )
            if self.match or self.or_match or self.directions:
                raise ValueError(
                    "a derived sequence is computed, not recognised: it has no match "
                    f"and no directions. Received: both for {self.name!r}"
                )
            object.__setattr__(self, "required", False)  # its sources decide
        if self.b_value is not None and not 0 <= self.b_value < math.inf:
            raise ValueError(
                f"b_value is 0 or more, in s/mm2. Received: {self.b_value}"
            )
        if not self.name.strip() or "=" in self.name:
            raise ValueError(
                f"a sequence wants a name without '='. Received: {self.name!r}"
            )
        if self.or_match and self.match is None:
            raise ValueError("or_match adds to match. Received: or_match alone")
        if any(match.prefer for match in self.or_match):
            raise ValueError(
                "prefer belongs into match and counts for all of its or_match. "
                "Received: prefer in or_match"
            )

    @property
    def rules(self) -> tuple[Match, ...]:
        """All the ways to recognise the sequence."""
        return () if self.match is None else (self.match, *self.or_match)
