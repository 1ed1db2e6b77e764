"""Augmentation of geometry: drawn, turned into coordinates, resampled."""
