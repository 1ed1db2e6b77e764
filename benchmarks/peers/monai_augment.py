"""MONAI's augmentation (Apache-2.0), in one process or in a DataLoader's workers."""

import math
from importlib import metadata

import torch
from monai import transforms as t
from monai.data import set_track_meta

from peers.augment_catalogue import LAZY, WORKERS
from peers.augment_worker import DIFFERENT, Augmenter, Order, main, volumes

ENDLESS = 2**40
ANGLE = math.radians(15)
ZEROS = {"padding_mode": "zeros"}


def operations(shape: tuple[int, ...]) -> dict[str, list]:
    """Transforms of `[C, D, H, W]`, or `[C, H, W]` where there is one slice."""
    depth, height, width = shape[:3]
    flat, whole = (0.01, 0.01), (height, width)
    move = (0, 0.1 * height, 0.1 * width)
    blur = {"sigma_x": flat, "sigma_y": (0.5, 1.0), "sigma_z": (0.5, 1.0)}
    narrow = {"sigma1_x": flat, "sigma2_x": flat}
    in_plane = {"rotate_range": (ANGLE, 0, 0), "translate_range": move, **ZEROS}
    crop = {"random_size": True, "roi_scale": (1, 0.2, 0.2)}
    return {
        "flip": [t.RandFlip(prob=1.0, spatial_axis=2)],
        "rotation": [t.RandRotate(range_x=ANGLE, prob=1.0, **ZEROS)],
        "rotation_3d": [t.RandRotate(ANGLE, ANGLE, ANGLE, prob=1.0, **ZEROS)],
        "affine": [t.RandAffine(prob=1.0, scale_range=(0, 0.1, 0.1), **in_plane)],
        "elastic": [
            t.Rand3DElastic(
                sigma_range=(5, 7), magnitude_range=(50, 150), prob=1.0, **ZEROS
            )
        ],
        "crop": [
            t.RandScaleCrop(max_roi_scale=(1, 0.6, 0.6), **crop),
            t.Resize((depth, *whole), mode="trilinear"),
        ],
        "brightness": [t.RandShiftIntensity(0.2, prob=1.0)],
        "contrast": [t.RandScaleIntensityFixedMean(prob=1.0, factors=0.25)],
        "gamma": [t.RandAdjustContrast(prob=1.0, gamma=(0.7, 1.5))],
        "bias_field": [t.RandBiasField(prob=1.0)],
        "blur": [t.RandGaussianSmooth(prob=1.0, **blur)],
        "sharpness": [t.RandGaussianSharpen(prob=1.0, **narrow)],
        "gibbs": [t.RandGibbsNoise(prob=1.0, alpha=(0.1, 0.5))],
        "noise": [t.RandGaussianNoise(prob=1.0, std=0.1)],
        "rician": [t.RandRicianNoise(prob=1.0, std=0.1)],
        "cutmix": [],
        "mixup": [],
        "prostate_sequences": [
            t.RandRotate(range_x=ANGLE, prob=0.5, **ZEROS),
            t.RandAffine(prob=0.5, shear_range=(0, 0, 0, 0, 0.1, 0.1), **ZEROS),
            t.RandAffine(prob=0.5, translate_range=move, **ZEROS),
            t.RandGaussianNoise(prob=0.5, std=0.05),
        ],
        "nash": [
            t.RandScaleCrop(roi_scale=0.2, max_roi_scale=0.6, random_size=True),
            t.Resize(whole, mode="bilinear"),
            t.RandAffine(prob=1.0, rotate_range=ANGLE, scale_range=0.1, **ZEROS),
            t.RandScaleIntensityFixedMean(prob=0.5, factors=0.25, channel_wise=True),
            t.RandShiftIntensity(0.2, prob=0.5, channel_wise=True),
            t.RandGaussianSharpen(prob=0.5),
            t.RandGaussianNoise(prob=0.5, std=0.1),
        ],
    }


MIXERS = {"cutmix": t.CutMix, "mixup": t.MixUp, "nash": t.CutMix}


class Volumes(torch.utils.data.Dataset):
    """Augmented volumes without end, channels first."""

    def __init__(self, order: Order, transform: t.Compose):
        given = torch.from_numpy(volumes(order.shape)).movedim(-1, 1).contiguous()
        self.given = given[:, :, 0] if order.shape[0] == 1 else given
        self.transform = transform

    def __len__(self) -> int:
        return ENDLESS

    def __getitem__(self, number: int) -> torch.Tensor:
        return self.transform(self.given[number % DIFFERENT])


def build(order: Order) -> Augmenter:
    """`order.operation`, whose name may end with how it is run."""
    name = order.operation.removesuffix(WORKERS)
    in_workers, lazy = name != order.operation, name.endswith(LAZY)
    name = name.removesuffix(LAZY)
    torch.set_num_threads(1 if in_workers else order.threads)
    set_track_meta(lazy)  # only composing needs it
    transform = t.Compose(operations(order.shape)[name], lazy=lazy)
    workers = order.threads if in_workers else 0
    loader = torch.utils.data.DataLoader(
        Volumes(order, transform),
        batch_size=order.batch,
        num_workers=workers,
        worker_init_fn=lambda number: transform.set_random_state(number),
    )
    mixer = MIXERS[name](order.batch) if name in MIXERS else lambda batch: batch
    batches = iter(loader)
    return Augmenter(
        next_batch=lambda: float(mixer(next(batches)).flatten()[0]),
        versions=f"monai {metadata.version('monai')}, torch {torch.__version__}",
    )


if __name__ == "__main__":
    main(build)
