"""What tissue gives which signal in the sequences of a study plan."""

import numpy as np

from pipelines.phantoms.plans.sequence_plan import SequencePlan

# Proton density, T1 and T2 in ms, diffusion in 1e-3 mm2/s, and what a contrast agent
# adds to 1 / T1 in 1/s; rounded, of 3 T.
TISSUES = {
    "fat": (0.75, 370.0, 70.0, 0.2, 0.0),
    "muscle": (0.75, 1200.0, 42.0, 1.6, 0.2),
    "bone": (0.10, 600.0, 20.0, 0.6, 0.0),
    "marrow": (0.65, 420.0, 60.0, 0.4, 0.1),
    "gas": (0.0, 1000.0, 50.0, 0.0, 0.0),
    "fluid": (1.0, 4000.0, 900.0, 3.0, 0.0),
    "blood": (0.25, 1600.0, 150.0, 2.4, 3.0),
    "liver": (0.80, 800.0, 46.0, 1.2, 0.9),
    "spleen": (0.85, 1300.0, 62.0, 0.9, 1.0),
    "kidney": (0.85, 1250.0, 80.0, 2.0, 1.6),
    "white": (0.72, 850.0, 72.0, 0.8, 0.0),
    "grey": (0.83, 1330.0, 88.0, 0.9, 0.05),
    "oedema": (0.88, 1500.0, 140.0, 1.4, 0.0),
    "tumour": (0.86, 1350.0, 115.0, 1.2, 0.8),
    "bladder": (1.0, 4000.0, 900.0, 3.0, 0.0),
    "peripheral": (0.92, 1600.0, 150.0, 1.8, 0.3),
    "transition": (0.86, 1400.0, 85.0, 1.3, 0.4),
    "rectum": (0.75, 1200.0, 50.0, 1.4, 0.3),
}
REFERENCE = {"abdomen": "liver", "brain": "white", "pelvis": "transition"}
_FLIP_RADIANS = np.radians(70)
_FAT = ("fat", "marrow")


def signal(
    sequence: SequencePlan, *, anatomy: str, echo_factor: float = 1.0
) -> dict[str, float]:
    """Signal by tissue against that of the anatomy's reference tissue.

    Spin echo, spoiled gradient echo and inversion recovery as in Bernstein et al.,
    Handbook of MRI Pulse Sequences, 2004; diffusion is not part of it.
    """
    signals = {
        tissue: _relaxed(sequence, values, echo_factor)
        for tissue, values in TISSUES.items()
    }
    if sequence.fat_saturation:
        signals.update({tissue: 0.1 * signals[tissue] for tissue in _FAT})
    reference = signals[REFERENCE[anatomy]]
    return {tissue: float(value / reference) for tissue, value in signals.items()}


def diffusion() -> dict[str, float]:
    """Diffusion coefficient by tissue, in 1e-3 mm2/s."""
    return {tissue: values[3] for tissue, values in TISSUES.items()}


def _relaxed(
    sequence: SequencePlan, values: tuple[float, ...], echo_factor: float
) -> float:
    density, t1, t2, _, agent = values
    if sequence.contrast_agent:
        t1 = 1000 / (1000 / t1 + agent)
    remaining = np.exp(-sequence.repetition_time_ms / t1)
    decay = np.exp(-echo_factor * sequence.echo_time_ms / t2)
    if sequence.kind == "gradient_echo":
        sine, cosine = np.sin(_FLIP_RADIANS), np.cos(_FLIP_RADIANS)
        return density * sine * (1 - remaining) / (1 - cosine * remaining) * decay
    if sequence.kind == "inversion_recovery":
        inverted = 2 * np.exp(-sequence.inversion_time_ms / t1)
        return density * abs(1 - inverted + remaining) * decay
    return density * (1 - remaining) * decay
