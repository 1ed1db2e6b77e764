"""Elements of HTML as text, escaped."""

import html
from collections.abc import Iterable, Sequence


class Markup(str):
    """Text that is markup already; every other text is escaped."""


def element(tag: str, *children: str, **attributes: str | None) -> Markup:
    """One element; `class_` stands for class.

    >>> element("b", "a < b", class_="x")
    '<b class="x">a &lt; b</b>'
    """
    named = "".join(
        f' {name.rstrip("_")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{named}>{joined(children)}</{tag}>")


def joined(children: Iterable[str]) -> Markup:
    """Markup as it is, other text escaped."""
    return Markup(
        "".join(c if isinstance(c, Markup) else html.escape(c) for c in children)
    )


def section(title: str, *content: str) -> Markup:
    """A part of the page under its heading."""
    return element("section", element("h2", title), *content)


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str | None = None,
    kinds: Sequence[str | None] = (),
) -> Markup:
    """A table that scrolls sideways where the page is too narrow for it.

    Args:
        kinds: the class of each row; empty = none has one.
    """
    head = element("tr", *(element("th", cell, scope="col") for cell in header))
    rows = list(rows)
    kinds = kinds or (None,) * len(rows)
    body = [
        element("tr", *(element("td", cell) for cell in row), class_=kind)
        for row, kind in zip(rows, kinds, strict=True)
    ]
    parts = [element("thead", head), element("tbody", *body)]
    if caption:
        parts.insert(0, element("caption", caption))
    return element("div", element("table", *parts), class_="scroll", tabindex="0")
