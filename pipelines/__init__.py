"""From studies (DICOM, NIfTI) to TFRecord data sets and to batches of volumes."""

from pipelines import search_path

search_path.leave_out_working_directory()  # before anything else is imported
