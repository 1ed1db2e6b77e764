"""Elements of HTML and SVG as text, escaped."""

import html
from collections.abc import Iterable


class Markup(str):
    """Text that is markup already; every other text is escaped."""


def element(tag: str, *children: str, **attributes: object) -> Markup:
    """One element; `class_` stands for class, `_` in names for `-`.

    >>> element("b", "a < b", class_="x")
    '<b class="x">a &lt; b</b>'
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(attribute(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{named}>{joined(children)}</{tag}>")


def joined(children: Iterable[str]) -> Markup:
    """Markup as it is, other text escaped."""
    return Markup(
        "".join(c if isinstance(c, Markup) else html.escape(c) for c in children)
    )


def attribute(value: object) -> str:
    """An attribute's value; of a number that is not whole a tenth.

    >>> attribute(2.04), attribute("x")
    ('2', 'x')
    """
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
