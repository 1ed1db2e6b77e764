"""DICOM files to volumes, by pydicom."""
