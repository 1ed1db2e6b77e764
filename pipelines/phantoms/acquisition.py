"""How a scanner sees the body: contrasts, geometry, bias field and noise."""

import numpy as np

from pipelines.phantoms import anatomy, signs
from pipelines.phantoms.protocols import Protocol, Weighting
from pipelines.phantoms.stack import Stack, tilted

# Proton density, T1 and T2 in ms, diffusion in 1e-3 mm2/s; rounded, of 3 T.
_TISSUE = {
    "fat": (0.75, 370.0, 70.0, 0.2),
    "muscle": (0.75, 1200.0, 42.0, 1.6),
    "liver": (0.80, 800.0, 46.0, 1.2),
    "spleen": (0.85, 1300.0, 62.0, 0.9),
    "kidney": (0.85, 1250.0, 80.0, 2.0),
    "bone": (0.40, 600.0, 50.0, 0.6),
    "blood": (0.15, 1600.0, 150.0, 2.4),
    "gas": (0.0, 1000.0, 50.0, 0.0),
}
_AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
_CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
_FIBRES = (0.48, -0.6, 0.64)  # along which water diffuses farther than across
_ANISOTROPY = 0.6
_PLANES = {"axial": _AXIAL, "sagittal": _SAGITTAL, "coronal": _CORONAL}


def tissue_signal(protocol: Protocol) -> dict[str, float]:
    """Spin echo signal by tissue against that of liver, without diffusion.

    `PD (1 - exp(-TR / T1)) exp(-TE / T2)` (Bernstein et al., Handbook of MRI Pulse
    Sequences, 2004, spin echo signal for TE much shorter than TR).
    """
    signal = {
        tissue: density
        * (1 - np.exp(-protocol.repetition_time_ms / t1))
        * np.exp(-protocol.echo_time_ms / t2)
        for tissue, (density, t1, t2, _) in _TISSUE.items()
    }
    if protocol.fat_saturation:
        signal["fat"] *= 0.1
    return {tissue: float(s / signal["liver"]) for tissue, s in signal.items()}


def draw_stack(
    protocol: Protocol,
    plane: str,
    generator: np.random.Generator,
    *,
    slices: tuple[int, int],
    matrix: tuple[int, int],
    tilt_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0),
    field_mm: tuple[float, float] = (345, 385),
    depth_mm: tuple[float, float] = (120, 150),
) -> Stack:
    """Draws the geometry of a stack; its law is symmetric in z.

    Args:
        slices, matrix: lowest and highest, both included.
        field_mm, depth_mm: lowest and highest extent across and along the stack.
    """
    count = int(generator.integers(slices[0], slices[1] + 1))
    width = int(generator.integers(matrix[0], matrix[1] + 1) * protocol.fineness)
    columns = 4 * max(1, round(width / 4))
    rows = 2 * max(1, round(columns * generator.uniform(0.8, 1.0) / 2))
    pixel_mm = generator.uniform(*field_mm) / columns
    spacing_mm = generator.uniform(*depth_mm) / count
    if protocol.few_slices:
        count, spacing_mm, rows = protocol.few_slices, 9.0, columns
    row_direction, column_direction = tilted(_PLANES[plane], tilt_degrees)
    centre = (*generator.normal(0, 4, 2), generator.uniform(-12, 12))
    return Stack(
        centre_mm=tuple(float(c) for c in centre),
        row_direction=row_direction,
        column_direction=column_direction,
        spacing_mm=(round(spacing_mm, 2), round(pixel_mm, 4), round(pixel_mm, 4)),
        shape=(count, rows, columns),
        thickness_mm=round(float(spacing_mm * generator.choice((0.8, 1.0))), 2),
    )


def clean(
    protocol: Protocol, stack: Stack, body: anatomy.Body, sign: signs.Sign
) -> tuple[np.ndarray, ...]:
    """The pictures without bias and noise, one per weighting, liver about 1.

    Voxels are sampled at their centres: a slice has no thickness here. Diffusion is
    that of one tensor everywhere; over evenly spread directions its mean is isotropic.

    Returns:
        float32 `[D, H, W]` each; a diffusion map is in 1e-6 mm2/s instead.
    """
    points_mm = stack.points_mm()
    lesion, pattern = signs.pattern(sign, points_mm)
    grain = anatomy.texture(body, stack)
    tables = [tissue_signal(protocol)]
    if protocol.b_values or protocol.diffusion_map:
        tables.append({tissue: values[3] for tissue, values in _TISSUE.items()})
    pictures = anatomy.paint(body, points_mm, tuple(tables))
    contrast = np.float32(protocol.contrast)
    signal = grain * np.where(lesion, 1 + contrast * pattern, pictures[0])
    if len(pictures) == 1:
        return (signal,)
    liver = np.float32(_TISSUE["liver"][3])
    diffusion = np.where(lesion, liver * (1 - np.float32(0.3) * pattern), pictures[1])
    if protocol.diffusion_map:
        return (diffusion * grain * np.float32(1000),)
    return tuple(
        signal * np.exp(diffusion * np.float32(-one.b_value * _along(one) / 1000))
        for one in protocol.weightings
    )


def _along(weighting: Weighting) -> float:
    """Diffusion along the gradient against the mean of all directions."""
    if weighting.direction is None:
        return 1.0
    cosine = float(np.dot(weighting.direction, _FIBRES))
    return 1 + _ANISOTROPY * (cosine**2 - 1 / 3)


def seen(
    pictures: tuple[np.ndarray, ...],
    protocol: Protocol,
    stack: Stack,
    generator: np.random.Generator,
    *,
    bias: float,
) -> tuple[np.ndarray, ...]:
    """The pictures under one smooth multiplicative field, each with its own noise.

    Magnitude pictures get Rician noise (Gudbjartsson and Patz, 1995): Gaussian in the
    real and the imaginary part. A diffusion map is a quotient of pictures: no bias,
    Gaussian noise inside the body alone.

    Args:
        bias: standard deviation of the logarithm of the field.
    """
    sigma = np.float32(1 / protocol.signal_to_noise)
    if protocol.diffusion_map:
        sigma *= np.float32(1000 * _TISSUE["liver"][3])
        return tuple(
            np.maximum(
                picture
                + (picture > 0)
                * sigma
                * generator.standard_normal(stack.shape, np.float32),
                0,
            )
            for picture in pictures
        )
    field = _bias_field(stack, generator, bias)
    noisy = []
    for picture in pictures:
        noise = generator.standard_normal((2, *stack.shape), np.float32) * sigma
        noisy.append(np.hypot(picture * field + noise[0], noise[1]))
    return tuple(noisy)


def _bias_field(
    stack: Stack, generator: np.random.Generator, strength: float
) -> np.ndarray:
    logarithm = np.zeros(stack.shape, np.float32)
    for _ in range(3):
        direction = generator.normal(size=3)
        vector = direction / np.linalg.norm(direction)
        vector *= 2 * np.pi / generator.uniform(350, 700)
        logarithm += stack.wave(vector, generator.uniform(0, 2 * np.pi))
    return np.exp(np.float32(strength * np.sqrt(2 / 3)) * logarithm)
