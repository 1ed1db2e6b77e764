"""What multiplying frequencies gives, by numpy."""

import numpy as np


def frequencies(values):
    """Of height and width, in cycles a voxel, to be multiplied with the transform."""
    height, width = values.shape[1:3]
    return (
        np.abs(np.fft.fftfreq(height))[:, None, None],
        np.abs(np.fft.fftfreq(width))[:, None],
    )


def filtered(values, response):
    """numpy's Fourier transform in the plane, times a response."""
    transform = np.fft.fft2(values.astype(np.float64), axes=(1, 2))
    return np.fft.ifft2(transform * response, axes=(1, 2)).real
