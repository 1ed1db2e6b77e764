"""Which augmentation of which package stands beside which of ours."""

from collections.abc import Iterator
from dataclasses import dataclass

LAZY = " lazy"  # composed into fewer resamplings
WORKERS = " in workers"  # of a DataLoader, one thread each


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Another package.

    Args:
        module: holds its augmentations, run in its own environment.
        remarks: its operations, by our names, and where they differ from ours.
        ways: endings of names: other ways to run the same operation.
    """

    module: str
    remarks: dict[str, str]
    ways: tuple[str, ...] = ("",)


OURS = "peers.zoo_augment"
OPERATIONS = (
    *("flip", "rotation", "rotation_3d", "affine", "elastic", "crop"),
    *("brightness", "contrast", "gamma", "bias_field", "blur", "sharpness", "gibbs"),
    *("noise", "rician", "cutmix", "mixup"),
)
PRESETS = ("prostate_sequences", "nash")
SLICES = ("nash",)  # one slice of three channels
PEERS = {
    "monai": Peer(
        module="peers.monai_augment",
        remarks={
            "flip": "",
            "rotation": "",
            "rotation_3d": "",
            "affine": "",
            "elastic": "smoothed random offsets of all voxels",
            "crop": "crop, then resize",
            "brightness": "",
            "contrast": "",
            "gamma": "",
            "bias_field": "polynomial of degree 3, exponential",
            "blur": "in the plane; truncated kernel",
            "sharpness": "two blurs in the plane",
            "gibbs": "of all axes, a sphere of k-space",
            "noise": "",
            "rician": "",
            "cutmix": "side by the square root in 3D too; no share recomputed",
            "mixup": "",
            "prostate_sequences": "a shear in place of perspective",
            "nash": "no hue, saturation and value",
        },
        ways=("", LAZY, WORKERS),
    ),
    "medicai": Peer(
        module="peers.medicai_augment",
        remarks={
            "flip": "",
            "rotation": "",
            "brightness": "",
            "prostate_sequences": "the rotation alone",
        },
    ),
}
LAZY_OPERATIONS = ("prostate_sequences", "nash")  # those of several resamplings


def counterparts(operation: str) -> Iterator[tuple[str, Peer, str]]:
    """Peers' names, the peers, and their operations beside one of ours."""
    for name, peer in PEERS.items():
        for way in peer.ways if operation in peer.remarks else ():
            if way != LAZY or operation in LAZY_OPERATIONS:
                yield name, peer, f"{operation}{way}"
