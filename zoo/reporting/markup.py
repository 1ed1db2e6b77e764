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


def document(title: str, style: str, *body: str) -> str:
    """A page that asks for nothing else, readable on small screens.

    Args:
        style: a style sheet's text.
    """
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width,initial-scale=1">'),
        element("title", title),
        element("style", Markup(style)),
    )
    page = element("html", head, element("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n"


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
