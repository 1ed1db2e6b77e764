"""Which fields of the recipe a command line fixes for all trials."""

from collections.abc import Iterator, Sequence
from typing import Any, get_type_hints

from pipelines.errors import UsageError
from tuning.space import fields
from zoo.recipes.recipe import Recipe
from zoo.training.command_line import differences


def fixed(argv: Sequence[str], recipe: Recipe, start: Recipe) -> tuple[str, ...]:
    """The fields, as a recipe file names them.

    Those that were named, also by their short option or with the value that they have
    anyway, and those that differ.

    Args:
        recipe: that came of the command line.
        start: that it started from.
    """
    changed = [_field(option) for option in differences(recipe, start)]
    known, short = {*fields.names()}, dict(_short_options(Recipe, ""))
    options = (text.partition("=")[0] for text in argv if text.startswith("--"))
    named = (short.get(option, _field(option)) for option in options)
    return tuple(dict.fromkeys([*changed, *(name for name in named if name in known)]))


def check(names: Sequence[str], fixed: Sequence[str]) -> None:
    """Holds what a space searches against what is fixed.

    Args:
        names: of the space, sections among them.

    Raises:
        UsageError: a field that is both, or a field of a section that is the other.
    """
    both = [
        _words(name, field) for name in names for field in fixed if _meet(name, field)
    ]
    if both:
        raise UsageError(
            f"{'; '.join(both)}: fixed by the command line, and searched by the space. "
            "Leave the option out, or take the line out of the space"
        )


def _meet(name: str, field: str) -> bool:
    """Whether they are the same, or one of them lies in the other."""
    name, field = f"{name}.", f"{field}."
    return name.startswith(field) or field.startswith(name)


def _words(name: str, field: str) -> str:
    if name == field:
        return name
    if field.startswith(name):
        return f"{field}, which is in {name}"
    return f"{field}, in which is {name}"


def _field(option: str) -> str:
    """`--optimisation.no-xla` is `optimisation.xla`."""
    section, dot, last = option.removeprefix("--").replace("-", "_").rpartition(".")
    return f"{section}{dot}{last.removeprefix('no_')}"


def _short_options(section: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Other names of options: `--lr` of `optimisation.learning_rate`."""
    for name, hint in get_type_hints(section, include_extras=True).items():
        for note in getattr(hint, "__metadata__", ()):
            for alias in getattr(note, "aliases", None) or ():
                yield alias, f"{prefix}{name}"
        if hasattr(hint, "__dataclass_fields__"):
            yield from _short_options(hint, f"{prefix}{name}.")
