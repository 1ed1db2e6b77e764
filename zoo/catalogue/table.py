"""The networks of the zoo as a table for the terminal."""

from collections.abc import Sequence

from pipelines.terminal import table
from zoo.catalogue import published
from zoo.catalogue.entry import Entry

_HEADINGS = (
    "NAME",
    "RANK",
    "PARAMETERS",
    "MULTIPLY-ADDS",
    "FOR",
    "TOP-1",
    "LICENCE",
    "WEIGHTS",
    "CITATION",
)
_RIGHT = [
    _HEADINGS.index(name) for name in ("RANK", "PARAMETERS", "MULTIPLY-ADDS", "TOP-1")
]

_LEGEND = """\
Parameters of the backbone in 10^6; multiply-adds of its convolutions and dense layers
in 10^9, for one input of the shape FOR. Weights are ImageNet's, with top-1 accuracy in
percent as their publisher states it; "inflated": those of a network of rank 2,
repeated along depth. Layers, input and all files: python -m zoo.models NAME"""


def text(entries: Sequence[Entry], *, width: int) -> str:
    """One line a network, none longer than `width`, and what the columns mean.

    What does not fit is cut or left out from the right; a line says what is missing.
    """
    rows = [_HEADINGS, *(_row(entry) for entry in entries)]
    lines = [table.align(rows, right=_RIGHT, width=width)]
    missing = _HEADINGS[table.columns_shown(rows, width) :]
    if missing:
        names = ", ".join(missing).lower()
        lines += ["", f"Too narrow for: {names}. --json has them"]
    return "\n".join([*lines, "", _LEGEND])


def size(shape: Sequence[int]) -> str:
    """`(224, 224, 3)` as `224x224x3`."""
    return "x".join(map(str, shape))


def row_of_json(entry: Entry) -> dict:
    """The entry and its weights, as plain values."""
    files = _sources(entry)
    return {**vars(entry), "weights": [published.shown(source) for source in files]}


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.name,
        str(entry.rank),
        f"{entry.parameters / 1e6:.2f}",
        f"{entry.multiply_adds / 1e9:.2f}",
        size(entry.reference),
        *_weights(entry),
        entry.citation,
    )


def _weights(entry: Entry) -> tuple[str, str, str]:
    """Accuracy, licence and place of the foremost file of weights."""
    files = _sources(entry)
    if not files:
        return "-", "-", "-"
    file = published.foremost(files)
    if entry.inflates:
        return "-", file.licence, f"inflated from {entry.inflates}"
    top1 = "-" if file.top1 is None else f"{file.top1:.1f}"
    return top1, file.licence, published.place(file)


def _sources(entry: Entry) -> tuple:
    return published.sources(entry.name, entry.inflates) if entry.imagenet else ()
