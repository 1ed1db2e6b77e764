"""A volume with its geometry, and a study: the volumes of one examination."""

from dataclasses import dataclass, field

import SimpleITK as sitk

from pipelines.readers.facts import Facts


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """The voxels of one sequence with their geometry in LPS millimetres.

    Args:
        image: a scalar 3-D SimpleITK image; `sitk.GetArrayViewFromImage` gives
            `[slice, row, column]`; values after rescale slope and intercept.
        sequence: the task's name of the sequence, e.g. `"T2WI"`.
        plane: axial, sagittal, coronal, oblique or "".
        b_value: that it was acquired with, in s/mm2; none = the source does not say.
    """

    image: sitk.Image
    sequence: str
    plane: str = ""
    b_value: float | None = None

    def __post_init__(self):
        if (
            self.image.GetDimension() != 3
            or self.image.GetNumberOfComponentsPerPixel() != 1
        ):
            raise ValueError(
                "a volume is a scalar 3-D image. Received: "
                f"dimension={self.image.GetDimension()}, "
                f"components={self.image.GetNumberOfComponentsPerPixel()}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """One sample's volumes with what belongs to them. Ids are the source's: private.

    Args:
        volumes: by sequence name; a sequence the task allows to miss may be absent.
        mask: region of interest, nonzero inside, in its own geometry.
    """

    study_id: str
    patient_id: str
    volumes: dict[str, Volume]
    mask: sitk.Image | None = None
    facts: Facts = field(default_factory=Facts)
