"""A plan as TOML with a reason on every line, and as a table for the terminal."""

import textwrap
from collections.abc import Iterable
from typing import Any

import tomli_w

from pipelines.terminal import table
from zoo.planning import warnings
from zoo.planning.plan import Plan, Setting

_WIDTH = 88


def toml(plan: Plan) -> str:
    """The recipe as a file that `zoo.train --recipe` reads; above each field why."""
    facts = plan.facts
    lines = _comment(
        f"Planned by python -m zoo.plan for {facts.data}: {_size(plan)}. What is not "
        "stated is the default of recipes. docs/planning.md has the rules and what "
        "they rest on."
    )
    if plan.without:
        lines += _comment(f"Without what was seen of {', '.join(plan.without)}.")
    for sentence in warnings.of(plan):
        lines += _comment(f"Mind: {sentence}")
    for section, settings in _sections(plan.settings).items():
        lines += ["", *([f"[{section}]"] if section else [])]
        for setting in settings:
            lines += _comment(f"{setting.rule}: {setting.why}")
            lines.append(_assignment(setting))
    return "\n".join(lines) + "\n"


def shown(plan: Plan, *, width: int) -> str:
    """A table of facts and settings, and the warnings, for the terminal."""
    rows = [("SETTING", "VALUE", "RULE"), *_rows(plan.settings)]
    lines = [_size(plan), "", table.align(rows, width=width), ""]
    for sentence in warnings.of(plan):
        lines += textwrap.wrap(
            sentence, width, initial_indent="! ", subsequent_indent="  "
        )
    return "\n".join(lines)


def line(plan: Plan) -> str:
    """The plan in a line."""
    recipe = plan.recipe
    optimisation = recipe.optimisation
    flip = recipe.augmentation.spatial.flip
    return (
        f"{recipe.arch}, {optimisation.epochs} epochs of batches of "
        f"{optimisation.batch_size}, learning rate {optimisation.learning_rate:g}, "
        f"normalisation {recipe.normalisation}, "
        f"{'mirrored' if flip else 'nothing mirrored'}"
    )


def _size(plan: Plan) -> str:
    facts = plan.facts
    shape = "x".join(map(str, facts.shape))
    spacing = " x ".join(f"{size:.2g}" for size in facts.spacing_mm)
    counts = ", ".join(
        f"{count} {name}" for name, count in facts.classes.get("train", {}).items()
    )
    folds = f", the smallest of {facts.folds} folds" if facts.folds else ""
    return (
        f"{facts.patients} training patients{folds}"
        f"{f' ({counts})' if counts else ''}, {shape} voxels of {spacing} mm, "
        f"channels: {facts.channels}, {facts.foreground} foreground; {facts.device}"
    )


def _rows(settings: Iterable[Setting]) -> list[tuple[str, str, str]]:
    return [
        (setting.field, _assignment(setting).partition(" = ")[2], setting.rule)
        for setting in settings
    ]


def _sections(settings: Iterable[Setting]) -> dict[str, list[Setting]]:
    """By the section that they stand in; fields of none come first."""
    sections: dict[str, list[Setting]] = {"": []}
    for setting in settings:
        section = setting.field.rpartition(".")[0]
        sections.setdefault(section, []).append(setting)
    return {name: sections[name] for name in sorted(sections)}


def _assignment(setting: Setting) -> str:
    name = setting.field.rpartition(".")[2]
    return f"{name} = {_value(setting.value)}"


def _value(value: Any) -> str:
    """As TOML, a list in one line."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").strip()


def _comment(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, _WIDTH, initial_indent="# ", subsequent_indent="# ")
