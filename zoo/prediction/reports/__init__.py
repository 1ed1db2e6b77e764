"""A prediction as DICOM: a structured report, and a picture beside it."""
