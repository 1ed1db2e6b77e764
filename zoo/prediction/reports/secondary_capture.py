"""The picture of a prediction as a secondary capture (PS3.3, A.8.1), RGB of 8 bits."""

import numpy as np
from highdicom.sc import SCImage
from highdicom.sr import CodedConcept
from pydicom import Dataset

from zoo.prediction.reports import codes, instances, wording
from zoo.prediction.reports.instances import Made
from zoo.prediction.reports.source_study import SourceStudy, UsedImage

_SERIES_NUMBER = 9902


def secondary_capture(pixels: np.ndarray, source: SourceStudy, made: Made) -> SCImage:
    """The image, in the study of its source.

    Args:
        pixels: uint8 `[rows, columns, 3]`.
    """
    image = SCImage(
        pixel_array=pixels,
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "P"),
        study_instance_uid=source.uid,
        specific_character_set=instances.CHARACTER_SET,
        **made.series(_SERIES_NUMBER, wording.PICTURE),
        **made.equipment(),
        **made.times(),
    )
    image.Laterality = None  # whether the organ is one of two nobody here knows
    image.PatientOrientation = None  # it holds slices and words, of no one orientation
    image.ConversionType = "WSD"  # made by a workstation
    image.BurnedInAnnotation = "NO"  # nothing in it tells who the patient is
    image.ImageComments = wording.STATEMENT
    image.SourceImageSequence = [_reference(used) for used in source.every_image]
    made.give_series_times(image)
    instances.give_patient(image, source)
    return image


def _reference(used: UsedImage) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = used.header.SOPClassUID
    reference.ReferencedSOPInstanceUID = used.header.SOPInstanceUID
    if used.frames:
        reference.ReferencedFrameNumber = list(used.frames)
    reference.PurposeOfReferenceCodeSequence = [
        CodedConcept.from_code(codes.SOURCE_OF_DERIVED)
    ]
    return reference
