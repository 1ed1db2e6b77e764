"""All random changes of training samples as one value, and the shipped ones by name.

Settings only, without TensorFlow: a recipe holds them, and `--help` shows them.
"""

from dataclasses import dataclass, field

from pipelines.augment.intensity.settings import Intensity
from pipelines.augment.mixing.settings import Mixing
from pipelines.augment.spatial.settings import Spatial
from pipelines.storage import package_files

_PLACE = {"package": "pipelines", "folder": "augment/presets"}


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of training samples, drawn anew in every epoch. None by default.

    Args:
        spatial: of their geometry.
        intensity: of their intensities, behind it.
        mixing: with each other, after all else.
    """

    spatial: Spatial = field(default_factory=Spatial)
    intensity: Intensity = field(default_factory=Intensity)
    mixing: Mixing = field(default_factory=Mixing)


NONE = Augmentation()


def shipped() -> list[str]:
    """Names of the presets that the package ships."""
    return package_files.names(**_PLACE)


def load(name_or_path: str) -> Augmentation:
    """Reads settings from a `.toml` file, or a shipped preset by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe an augmentation.
    """
    return package_files.load(
        Augmentation, name_or_path, **_PLACE, word="preset of augmentation"
    )
