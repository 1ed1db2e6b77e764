"""`[target]` of a task file as text, with what the label table holds beside it."""

from collections.abc import Sequence

import tomli_w

from pipelines.tasks.target import FILL_IN

PLACEHOLDER = f"""\
# PLACEHOLDER: the draft does not know what is to be predicted. Write the column of the
# label file and its classes here, or another kind (docs/task-file.md). Until then the
# file is refused.
[target]
kind = "classification"
columns = ["{FILL_IN}: a column of the label file"]
classes = ["{FILL_IN}: a class", "{FILL_IN}: another class"]
"""


def text(
    kind: str, columns: Sequence[str], classes: Sequence[str], counts: Sequence[int]
) -> str:
    """The table as TOML.

    Args:
        classes: in their order; empty = numbers.
        counts: rows of each class, or with each label.
    """
    lines = [
        "[target]",
        f"kind = {as_toml(kind)}",
        f"columns = [{', '.join(map(as_toml, columns))}]",
    ]
    if classes:
        counted = ", ".join(
            f"{as_toml(name)} {count}"
            for name, count in zip(classes, counts, strict=True)
        )
        lines.append(f"# Rows: {counted}.{_said_of(kind, classes)}")
        lines.append(f"classes = [{', '.join(map(as_toml, classes))}]")
    return "\n".join(lines) + "\n"


def as_toml(text: str) -> str:
    """A text as TOML writes it: in quotes, on one line."""
    return tomli_w.dumps({"x": text}).removeprefix("x = ").strip()


def on_one_line(text: str) -> str:
    """A comment, whatever line breaks a title in it has."""
    return " ".join(text.split())


def _said_of(kind: str, classes: Sequence[str]) -> str:
    if kind == "ordinal":
        return " From the lowest to the highest."
    if kind == "classification" and len(classes) == 2:
        return " The second one is the positive class."
    return ""
