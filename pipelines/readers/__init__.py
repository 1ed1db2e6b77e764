"""Readers of DICOM, NIfTI, tables of volumes, and MedMNIST3D files."""
