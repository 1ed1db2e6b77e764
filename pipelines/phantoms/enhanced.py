"""Makes one enhanced MR object (PS3.3, A.36) of all the pictures of a series."""

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedMRImageStorage

from pipelines.phantoms import gradients, vendors
from pipelines.phantoms.part import Part
from pipelines.phantoms.vendors import Vendor

# One picture: its part, the slice of it, and its classic image without pixels.
Picture = tuple[Part, int, Dataset]


def enhanced(image: Dataset, pictures: Sequence[Picture], vendor: Vendor) -> Dataset:
    """One object of all pictures.

    Args:
        image: what all classic images have alike; becomes the object.
    """
    image.SOPClassUID = EnhancedMRImageStorage
    image.SharedFunctionalGroupsSequence = Items(
        [_item(MRTimingAndRelatedParametersSequence=_timing(image))]
    )
    image.PerFrameFunctionalGroupsSequence = Items(
        _groups(part, index, classic, vendor) for part, index, classic in pictures
    )
    image.NumberOfFrames = len(pictures)
    return image


def _groups(part: Part, index: int, classic: Dataset, vendor: Vendor) -> Dataset:
    groups = _item(
        FrameContentSequence=_item(
            FrameAcquisitionNumber=1, StackID="1", InStackPositionNumber=index + 1
        ),
        PlanePositionSequence=_item(ImagePositionPatient=classic.ImagePositionPatient),
        PlaneOrientationSequence=_item(
            ImageOrientationPatient=classic.ImageOrientationPatient
        ),
        PixelMeasuresSequence=_item(
            PixelSpacing=classic.PixelSpacing,
            SliceThickness=classic.SliceThickness,
            SpacingBetweenSlices=classic.SpacingBetweenSlices,
        ),
        MRImageFrameTypeSequence=_item(FrameType=classic.ImageType),
        MREchoSequence=_item(EffectiveEchoTime=float(classic.EchoTime)),
    )
    if part.stored.slope is not None:
        rescale = _item(
            RescaleIntercept=0, RescaleSlope=part.stored.slope, RescaleType="US"
        )
        groups.PixelValueTransformationSequence = Items([rescale])
    if part.weighting is not None:
        _add_diffusion(groups, part, vendor)
    return groups


def _add_diffusion(groups: Dataset, part: Part, vendor: Vendor) -> None:
    """Siemens and GE in standard elements; Philips the direction of a trace too."""
    weighting = part.weighting
    diffusion = _item(
        DiffusionBValue=float(weighting.b_value),
        DiffusionDirectionality=gradients.directionality(weighting),
    )
    vector = weighting.direction
    if vendor.name == vendors.PHILIPS.name:
        vector = vector or (0.0, 0.0, 0.0)
        private = Dataset()
        for element in gradients.philips_private(weighting):
            private.add_new(element.tag, element.representation, element.value)
        groups.add_new((0x2005, 0x0014), "LO", "Philips MR Imaging DD 005")
        groups.add_new((0x2005, 0x140F), "SQ", Items([private]))
    if vector is not None:
        direction = _item(DiffusionGradientOrientation=list(vector))
        diffusion.DiffusionGradientDirectionSequence = Items([direction])
    groups.MRDiffusionSequence = Items([diffusion])


def _timing(image: Dataset) -> Dataset:
    return _item(RepetitionTime=float(image.RepetitionTime))


def _item(**values: object) -> Dataset:
    """An item; a data set among the values becomes a sequence of one."""
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, Items([value]) if isinstance(value, Dataset) else value)
    return item


def pixels(pictures: Sequence[Picture]) -> np.ndarray:
    """`[frames, rows, columns]` as they stand in the file."""
    return np.stack([part.stored.pixels[index] for part, index, _ in pictures])
