"""From studies (DICOM, NIfTI) to TFRecord data sets and to batches of volumes."""
