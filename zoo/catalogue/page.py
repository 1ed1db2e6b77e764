"""A description as text for the terminal: layers, then the facts in words."""

import textwrap

from pipelines.terminal import table
from zoo.catalogue import costs
from zoo.catalogue.description import Description, convention_in_words, parameters
from zoo.catalogue.table import size
from zoo.weights.published.source import Source

_HEADINGS = ("LAYER", "OUTPUT", "PARAMETERS", "MULTIPLY-ADDS", "KIND")
_RIGHT = [_HEADINGS.index(name) for name in ("PARAMETERS", "MULTIPLY-ADDS")]
_INDENT = 15


def text(description: Description, *, width: int) -> str:
    """One line a layer, none longer than `width`, and below them what to know."""
    rows = [
        (
            call.operation.name,
            size(call.output_shape),
            f"{parameters(call.operation):,}",
            f"{call.multiply_adds:,}",
            type(call.operation).__name__,
        )
        for call in costs.calls(description.backbone)
    ]
    layers = table.align([_HEADINGS, *rows], right=_RIGHT, width=width)
    facts = [_filled(heading, words, width) for heading, words in _facts(description)]
    return "\n".join([layers, "", *facts])


def _facts(description: Description) -> list[tuple[str, str]]:
    architecture, cost = description.architecture, description.costs
    axis = "height and width of a slice" if architecture.rank == 2 else "every axis"
    facts = [
        ("name", architecture.name),
        ("applied to", "slices" if architecture.rank == 2 else "whole volumes"),
        ("input", size(description.input_shape)),
        ("at least", f"{architecture.minimum_size} along {axis}"),
        ("pixels", convention_in_words(architecture.imagenet)),
        ("feature map", size(description.feature_map)),
        ("parameters", f"{cost.parameters:,}, of them {cost.trainable:,} trainable"),
        ("multiply-adds", f"{cost.multiply_adds:,} for one input"),
    ]
    if cost.uncounted:
        facts.append(("not counted", f"those of {', '.join(cost.uncounted)}"))
    for name, shape in description.auxiliary.items():
        seen = f"{name}, {size(shape)}: an auxiliary head sees it in training"
        facts.append(("auxiliary", seen))
    if architecture.head_units:
        units = ", ".join(map(str, architecture.head_units))
        facts.append(("head", f"dense layers of {units} units before the logits"))
    facts += [("weights", words) for words in _weights(description)]
    return [*facts, ("citation", architecture.citation)]


def _weights(description: Description) -> list[str]:
    inflates = description.architecture.inflates
    if inflates and description.sources:
        return [
            f"ImageNet's of {inflates}, inflated: repeated along depth, divided by it"
        ]
    return [_file(source) for source in description.sources] or ["none published"]


def _file(source: Source) -> str:
    words = [source.url or f"{source.file_name} (by hand)", source.licence]
    if source.top1 is not None:
        words.append(f"top-1 {source.top1:g} % ({source.top1_source})")
    return ", ".join(words)


def _filled(heading: str, words: str, width: int) -> str:
    return textwrap.fill(
        heading.ljust(_INDENT) + words,
        width,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
