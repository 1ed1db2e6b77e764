"""The spaces that the package ships: one for each family of networks."""

from pathlib import Path

from pipelines.errors import UsageError
from pipelines.storage import package_files
from zoo.architectures import registry

_PLACE = ("tuning", "spaces")
# What an architecture's name begins with, without `se_`; the first that fits counts.
_FAMILIES = (
    ("resnet3d", "resnet3d"),
    ("resnext3d", "resnet3d"),
    ("resnet", "resnet"),
    ("resnext", "resnet"),
    ("inception3d", "inception3d"),
    ("inception", "inception"),
    ("alexnet3d", "alexnet3d"),
    ("alexnet", "alexnet"),
    ("efficientnet", "efficientnet"),
    ("cnn3d", "cnn3d"),
    ("xception", "xception"),
    ("densenet", "densenet"),
    ("mobilenet", "mobilenet"),
    ("convnext", "convnext"),
)


def shipped() -> list[str]:
    """Names of the space files that the package ships."""
    return package_files.names(*_PLACE)


def family(arch: str) -> str:
    """The name of an architecture's space; empty = it has none."""
    bare = arch.removeprefix("se_")
    return next((name for start, name in _FAMILIES if bare.startswith(start)), "")


def path(name_or_path: str) -> Path:
    """Where the space of a name is, or the file itself.

    Raises:
        UsageError: no `.toml` file, no shipped space and no architecture of the zoo.
    """
    if Path(name_or_path).suffix == ".toml":
        return Path(name_or_path)
    known = name_or_path in registry.ARCHITECTURES
    name = family(name_or_path) if known else name_or_path
    if name not in shipped():
        raise UsageError(
            f"no space named {name_or_path!r}. Name a .toml file, an architecture of "
            f"`python -m zoo.models`, or one of {', '.join(shipped())}"
        )
    return package_files.path(_PLACE[0], f"{_PLACE[1]}/{name}.toml")
