"""The header elements that readers look at: keyword -> (tag, value representation)."""

# Of every image.
OF_AN_IMAGE = {
    "AccessionNumber": (0x00080050, "SH"),
    "AcquisitionNumber": (0x00200012, "IS"),
    "AcquisitionTime": (0x00080032, "TM"),
    "BitsAllocated": (0x00280100, "US"),
    "BitsStored": (0x00280101, "US"),
    "Columns": (0x00280011, "US"),
    "DiffusionBValue": (0x00189087, "FD"),
    "DiffusionDirectionality": (0x00189075, "CS"),
    "DiffusionGradientOrientation": (0x00189089, "FD"),
    "EchoTime": (0x00180081, "DS"),
    "HighBit": (0x00280102, "US"),
    "ImageOrientationPatient": (0x00200037, "DS"),
    "ImagePositionPatient": (0x00200032, "DS"),
    "ImageType": (0x00080008, "CS"),
    "InstanceNumber": (0x00200013, "IS"),
    "Manufacturer": (0x00080070, "LO"),
    "NumberOfFrames": (0x00280008, "IS"),
    "PatientID": (0x00100020, "LO"),
    "PerFrameFunctionalGroupsSequence": (0x52009230, "SQ"),
    "PhotometricInterpretation": (0x00280004, "CS"),
    "PixelRepresentation": (0x00280103, "US"),
    "PixelSpacing": (0x00280030, "DS"),
    "RescaleIntercept": (0x00281052, "DS"),
    "RescaleSlope": (0x00281053, "DS"),
    "Rows": (0x00280010, "US"),
    "SOPInstanceUID": (0x00080018, "UI"),
    "SamplesPerPixel": (0x00280002, "US"),
    "SequenceName": (0x00180024, "SH"),
    "SeriesInstanceUID": (0x0020000E, "UI"),
    "SliceThickness": (0x00180050, "DS"),
    "SpacingBetweenSlices": (0x00180088, "DS"),
    "StudyInstanceUID": (0x0020000D, "UI"),
    "TemporalPositionIdentifier": (0x00200100, "IS"),
    "TriggerTime": (0x00181060, "DS"),
}

# Of the first image of every series.
OF_A_SERIES = {
    "ContrastBolusAgent": (0x00180010, "LO"),
    "EchoPlanarPulseSequence": (0x00189018, "CS"),
    "EchoPulseSequence": (0x00189008, "CS"),
    "InstitutionName": (0x00080080, "LO"),
    "InversionTime": (0x00180082, "DS"),
    "InversionTimes": (0x00189079, "FD"),
    "MagneticFieldStrength": (0x00180087, "DS"),
    "ManufacturerModelName": (0x00081090, "LO"),
    "Modality": (0x00080060, "CS"),
    "NumberOfTemporalPositions": (0x00200105, "IS"),
    "PatientAge": (0x00101010, "AS"),
    "PatientBirthDate": (0x00100030, "DA"),
    "PatientSex": (0x00100040, "CS"),
    "ProtocolName": (0x00181030, "LO"),
    "PulseSequenceName": (0x00189005, "SH"),
    "RepetitionTime": (0x00180080, "DS"),
    "RescaleType": (0x00281054, "LO"),
    "SOPClassUID": (0x00080016, "UI"),
    "ScanOptions": (0x00180022, "CS"),
    "ScanningSequence": (0x00180020, "CS"),
    "SequenceVariant": (0x00180021, "CS"),
    "SeriesDescription": (0x0008103E, "LO"),
    "SeriesNumber": (0x00200011, "IS"),
    "SharedFunctionalGroupsSequence": (0x52009229, "SQ"),
    "SpectrallySelectedSuppression": (0x00189025, "CS"),
    "StudyDate": (0x00080020, "DA"),
    "Units": (0x00541001, "CS"),
}

# Of every file that arrives in a watched folder: how many are still to come.
OF_AN_ARRIVAL = {
    "ImagesInAcquisition": (0x00201002, "IS"),
    "NumberOfSeriesRelatedInstances": (0x00201209, "IS"),
    "NumberOfStudyRelatedInstances": (0x00201208, "IS"),
}

# All of them.
WANTED = OF_AN_IMAGE | OF_A_SERIES | OF_AN_ARRIVAL

# Groups in which vendors keep b-value, gradient direction and the slices of a mosaic:
# see `b_value`, `gradient_direction` and `siemens_csa`.
PRIVATE_GROUPS = (0x0019, 0x0029, 0x0043, 0x2001, 0x2005)
