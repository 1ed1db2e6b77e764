"""What `--weights` names: a kind of weights, or the place where they are."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import UsageError
from zoo.runs import cross_validation, repeats

_OPTION = "--weights"
_KINDS = ("none", "imagenet")


def without_place(argv: Sequence[str]) -> tuple[list[str], str | None]:
    """The command line with `file` or `run` in the place of a path to such.

    Returns:
        The arguments, and the path, none where `--weights` names none.

    Raises:
        UsageError: there is nothing at the path, or a directory that is no run.
    """
    changed, place = [], None
    for before, argument in zip(["", *argv], argv):
        name, equals, value = argument.partition("=")
        if before == _OPTION:
            kind, place = _kind_and_place(argument)
            changed.append(kind)
        elif name == _OPTION and equals:
            kind, place = _kind_and_place(value)
            changed.append(f"{_OPTION}={kind}")
        else:
            changed.append(argument)
    return changed, place


def _kind_and_place(value: str) -> tuple[str, str | None]:
    if value in _KINDS:
        return value, None
    path = Path(value)
    if path.is_file():
        return "file", value
    if repeats.is_there(path):
        path = path / "repeat-0"
    if cross_validation.is_there(path):
        raise UsageError(
            f"{value} holds the folds of a cross-validation, and weights come from one "
            f"run. Name a fold, e.g. {_OPTION} {path / 'fold-0'}"
        )
    if (path / "recipe.toml").is_file():
        return "run", value
    why = "a directory that is no run" if path.is_dir() else "which does not exist"
    raise UsageError(
        f"{_OPTION} is none, imagenet, a file of weights, or the directory of a "
        f"finished run. Received: {value}, {why}"
    )
