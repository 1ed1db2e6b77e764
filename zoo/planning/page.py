"""The table of rules as the part of docs/planning.md that shows it.

`python -m zoo.planning.page` prints it; a test holds the page to it.
"""

from dataclasses import fields

from zoo.planning import rule_table
from zoo.planning.rule import Candidate, Condition, Rule
from zoo.planning.rule_table import RuleTable


def markdown(table: RuleTable) -> str:
    """A heading for every rule, with candidates and what each rests on."""
    return "\n\n".join(_rule(rule) for rule in table.rules) + "\n"


def _rule(rule: Rule) -> str:
    lines = [f"### `{rule.name}`", "", f"{_where(rule.when)}: {rule.why}.", ""]
    for candidate in rule.candidates:
        lines.append(f"* {_values(candidate)}")
        for evidence in candidate.evidence:
            figure = "" if evidence.figure is None else f"**{evidence.figure:.3f}** "
            name = f"{evidence.data}: " if evidence.data else ""
            lines.append(f"    * {name}{figure}{evidence.what}")
    return "\n".join(lines)


def _values(candidate: Candidate) -> str:
    if not candidate.values:
        return "the default"
    return ", ".join(
        f"`{field} = {value}`" for field, value in candidate.values.items()
    )


def _where(condition: Condition) -> str:
    stated = [
        f"{field.name.replace('_', ' ')} {getattr(condition, field.name)}"
        for field in fields(condition)
        if getattr(condition, field.name) != field.default
    ]
    return f"Where {', '.join(stated)}" if stated else "Always"


if __name__ == "__main__":
    print(markdown(rule_table.shipped()), end="")
