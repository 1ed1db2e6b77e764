"""Augmentation of intensities: one operation a file, and how they are applied."""
