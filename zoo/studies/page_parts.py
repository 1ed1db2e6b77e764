"""Parts of the page of a study."""

from collections.abc import Iterable, Sequence

from zoo.reporting.markup import Markup, element


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
