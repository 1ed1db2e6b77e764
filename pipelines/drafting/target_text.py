"""`[target]` of a task file as text, with what the label table holds beside it."""

from collections.abc import Mapping

from pipelines.storage.config_files import toml_line, toml_value
from pipelines.tasks.target import FILL_IN, Target

PLACEHOLDER = f"""\
# PLACEHOLDER: the draft does not know what is to be predicted. Write the column of the
# label file and its classes here, or another kind (docs/task-file.md). Until then the
# file is refused.
[target]
kind = "classification"
columns = ["{FILL_IN}: a column of the label file"]
classes = ["{FILL_IN}: a class", "{FILL_IN}: another class"]
"""


def text(target: Target, counts: Mapping[str, int]) -> str:
    """The table as TOML.

    Args:
        counts: rows of each class, or with each label.
    """
    lines = [
        "[target]",
        toml_line("kind", target.kind),
        toml_line("columns", target.columns),
    ]
    if target.classes:
        rows = ", ".join(
            f"{toml_value(name)} {counts[name]}" for name in target.classes
        )
        lines.append(f"# Rows: {rows}.{_said_of(target)}")
        lines.append(toml_line("classes", target.classes))
    return "\n".join(lines) + "\n"


def on_one_line(text: str) -> str:
    """A comment, whatever line breaks a title in it has."""
    return " ".join(text.split())


def _said_of(target: Target) -> str:
    if target.label_kind.ordered:
        return " From the lowest to the highest."
    if target.is_nominal and len(target.classes) == 2:
        return " The second one is the positive class."
    return ""
