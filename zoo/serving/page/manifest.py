"""What the page says of an upload before its first file: names, sizes, wishes."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import cattrs
from cattrs.errors import BaseValidationError

from zoo.serving.page import file_names
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.zip_files import file_too_large, too_many_files, too_much


@dataclass(frozen=True, kw_only=True)
class UploadedFile:
    """A file as its owner calls it, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class NamedVolume:
    """A NIfTI file that is a sequence, of a 4-D one a frame or those of a b-value.

    Args:
        frame: from 0.
        b_value: in its place, in s/mm2, where a .bval file of the upload has it.

    Raises:
        ValueError: both.
    """

    file: str
    frame: int | None = None
    b_value: float | None = None

    def __post_init__(self):
        if self.frame is not None and self.b_value is not None:
            raise ValueError("a frame is named by its number or by its b-value")
        if self.b_value is not None and not 0 <= self.b_value < math.inf:
            raise ValueError(f"a b-value is 0 or more. Received: {self.b_value}")

    @property
    def part(self) -> str:
        """What is taken of the file, as a command line names it."""
        if self.b_value is not None:
            return f"#b={self.b_value:.10g}"
        return "" if self.frame is None else f"#frame={self.frame}"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One upload: the studies of one drop, for one model.

    Args:
        model: its name.
        version: of the model.
        files: in the order in which their bytes follow.
        sequences: by the sequence its NIfTI file; empty for DICOM.
        mask: the name of the NIfTI file that is the region of interest.
        covariates: cells by name; "" = not known.
        reports: whether a DICOM report of each study is wanted, which takes time.
    """

    model: str
    version: int
    files: tuple[UploadedFile, ...]
    sequences: Mapping[str, NamedVolume]
    mask: str | None
    covariates: Mapping[str, str]
    reports: bool = False

    def check(self, limits: PageLimits) -> None:
        """Refuses what may not come, before a byte of it does.

        Raises:
            UploadError: nothing, too many or too large files, or names that are none.
        """
        if not self.files:
            raise UploadError("no_files", "no file was dropped. Drop a study")
        if len(self.files) > limits.files:
            raise too_many_files(limits)
        for file in self.files:
            file_names.check(file.name)
            if file.size < 0:
                raise _no_manifest()
            if file.size > limits.file_bytes:
                raise file_too_large(limits)
        if self.total_bytes > limits.total_bytes:
            raise too_much(limits)
        file_names.check_different([file.name for file in self.files])

    @property
    def total_bytes(self) -> int:
        """Of all files."""
        return sum(file.size for file in self.files)


_CONVERTER = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)


def _exactly(kind: type):
    """No guessing: `"1"` is no number and 1 is no name."""

    def structure(value: object, _: type) -> object:
        if type(value) is not kind:
            raise ValueError(f"{kind.__name__} wanted")
        return value

    return structure


_CONVERTER.register_structure_hook(bool, _exactly(bool))


def _number(value: object, _: type) -> float:
    if type(value) not in (int, float):
        raise ValueError("number wanted")
    return float(value)


_CONVERTER.register_structure_hook(int, _exactly(int))
_CONVERTER.register_structure_hook(float, _number)
_CONVERTER.register_structure_hook(str, _exactly(str))


def read(content: bytes) -> Manifest:
    """The manifest that stands before the files.

    Raises:
        UploadError: it is none.
    """
    try:
        return _CONVERTER.structure(json.loads(content), Manifest)
    except (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        AttributeError,
        RecursionError,
        BaseValidationError,
        cattrs.errors.ForbiddenExtraKeysError,
    ) as error:
        raise _no_manifest() from error


def _no_manifest() -> UploadError:
    return UploadError(
        "bad_manifest",
        "the upload does not begin with the list of its files, as the page writes it. "
        "Reload the page; other programs ask the model by TensorFlow Serving's "
        "protocols",
    )
