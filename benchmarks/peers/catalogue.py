"""The networks of other packages that stand beside ours, and their environments.

AUCMEDI takes its 3D networks from classification-models-3D, which is measured in its
place; AUCMEDI itself is under the GPL and stays out.
"""

import subprocess
import venv
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from pipelines.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A package whose networks are compared with ours.

    Args:
        module: holds one of its networks, run in its own environment.
        requirements: what its environment is made of, with versions.
        ours: packages that its environment takes at the version of our own.
        networks: by our architecture's name, its own networks.
        brief_networks: likewise, in the package's own 16 bits.
        remark: where a network differs from ours in kind, or was brought closer.
    """

    module: str
    requirements: tuple[str, ...]
    ours: tuple[str, ...] = ()
    networks: dict[str, tuple[str, ...]]
    brief_networks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    remark: str


PEERS = {
    "medicai": Peer(
        module="peers.medicai_networks",
        requirements=("medicai==0.0.4",),
        ours=("tensorflow", "keras"),
        networks={
            "resnet3d18": ("ResNet18",),
            "resnet3d50": ("ResNet50",),
            "densenet121": ("DenseNet121",),
        },
        remark="as it comes; logits in place of probabilities",
    ),
    "classification-models-3d": Peer(
        module="peers.classification_models_3d",
        requirements=("classification-models-3D==1.1.0",),
        ours=("tensorflow", "keras"),
        networks={"resnet3d18": ("resnet18",), "resnet3d50": ("resnet50",)},
        remark="normalises before each convolution and the input too; a convolution "
        "in the first shortcut",
    ),
    "monai": Peer(
        module="peers.monai_networks",
        requirements=("monai==1.6.1", "torch==2.15.0"),
        networks={
            "resnet3d18": ("resnet18", "resnet18 channels last"),
            "resnet3d50": ("resnet50", "resnet50 channels last"),
        },
        brief_networks={
            "resnet3d18": ("resnet18 autocast", "resnet18 autocast channels last"),
            "resnet3d50": ("resnet50 autocast", "resnet50 autocast channels last"),
        },
        remark="conv1_t_stride=2 (its default is 1), bias_downsample=False; eager",
    ),
}


def set_up(directory: Path) -> dict[str, Path]:
    """Makes an environment for each peer, with this Python's version.

    Returns:
        Each peer's interpreter.

    Raises:
        DataError: pip could not install it; what it said stands above.
    """
    interpreters = {}
    for name, peer in PEERS.items():
        venv.create(directory / name, with_pip=True)
        python = directory / name / "bin" / "python"
        same = [f"{package}=={metadata.version(package)}" for package in peer.ours]
        wanted = [*peer.requirements, *same]
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted])
        if installed.returncode:
            raise DataError(f"pip could not install {' '.join(wanted)} for {name}")
        interpreters[name] = python
    return interpreters
