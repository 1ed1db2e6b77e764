"""Marks of charts as SVG, the frame of a chart, and tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from tuning.reporting.scale import Scale, text
from zoo.reporting.markup import Markup, attribute, element, joined

_SHORT = 24  # characters of a cell that is not broken into lines


def points(places: Iterable[tuple[float, float]]) -> str:
    """For a polyline, to a tenth of a pixel."""
    return " ".join(f"{attribute(x)},{attribute(y)}" for x, y in places)


def short(label: str, most: int = 22) -> str:
    """A label, cut in its middle where it is too long."""
    if len(label) <= most:
        return label
    half = (most - 1) // 2
    return f"{label[: most - 1 - half]}…{label[-half:]}"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where a chart's marks lie; all in pixels of its own coordinates."""

    width: int = 860
    height: int = 300
    left: int = 64
    right: int = 16
    top: int = 14
    bottom: int = 44

    def x(self, share: float) -> float:
        """Of a place from 0, left, to 1."""
        return self.left + share * (self.width - self.left - self.right)

    def y(self, share: float) -> float:
        """Of a place from 0, below, to 1."""
        return (
            self.height - self.bottom - share * (self.height - self.top - self.bottom)
        )

    def drawing(self, *children: str, label: str, **attributes: object) -> Markup:
        """The chart, which scrolls sideways where the page is too narrow for it.

        Args:
            label: what one sees, for those who don't.
        """
        box = f"0 0 {self.width} {self.height}"
        wide = self.width > Frame.width
        least = self.width if wide else min(self.width, 680)  # px; else text too small
        drawn = element(
            *("svg", *children),
            **{"viewBox": box, "role": "img", "aria_label": label},
            style=f"min-width:{least}px;max-width:{self.width * 1.2:.0f}px",
            **attributes,
        )
        return element("div", drawn, class_="scroll", tabindex="0")

    def y_axis(self, scale: Scale, title: str) -> Markup:
        """Lines across at the ticks, and the title along the edge."""
        return self.y_ticks(
            [(scale.position(t), text(t)) for t in scale.ticks(8)], title
        )

    def y_ticks(self, ticks: Iterable[tuple[float, str]], title: str) -> Markup:
        """As `y_axis`, of places from 0 to 1 and their labels."""
        marks = []
        for share, label in ticks:
            y = self.y(share)
            marks.append(line(self.x(0), y, self.x(1), y, "grid"))
            marks.append(label_at(self.left - 6, y + 4, label, anchor="end"))
        middle = self.y(0.5)
        marks.append(
            element(
                *("text", title),
                class_="title",
                text_anchor="middle",
                transform=f"translate(14 {attribute(middle)}) rotate(-90)",
            )
        )
        return joined(marks)

    def x_ticks(self, ticks: Iterable[tuple[float, str]], title: str) -> Markup:
        """Labels below, and the title below them."""
        marks = [line(self.x(0), self.y(0), self.x(1), self.y(0), "axis")]
        for share, label in ticks:
            x = self.x(share)
            marks.append(line(x, self.y(0), x, self.y(0) + 4, "axis"))
            marks.append(label_at(x, self.y(0) + 17, label))
        room = (self.width - self.left) // 7  # characters
        place = (self.x(0.5), self.height - 8)
        marks.append(label_at(*place, title, kind="title", most=room))
        return joined(marks)

    def x_axis(self, scale: Scale, title: str, most: int = 6) -> Markup:
        """As `x_ticks`, of a scale."""
        return self.x_ticks(
            [(scale.position(t), text(t)) for t in scale.ticks(most)], title
        )

    def x_counts(self, scale: Scale, title: str, most: int = 6) -> Markup:
        """As `x_ticks`, of a scale of what is counted: at whole numbers alone."""
        whole = [tick for tick in scale.ticks(most) if tick.is_integer()]
        return self.x_ticks([(scale.position(t), text(t)) for t in whole], title)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line of a class."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def dot(x: float, y: float, kind: str, title: str, radius: float = 4.0) -> Markup:
    """A mark whose title shows when it is pointed at."""
    return element("circle", element("title", title), cx=x, cy=y, r=radius, class_=kind)


def label_at(
    x: float,
    y: float,
    label: str,
    *,
    anchor: str = "middle",
    kind: str | None = None,
    most: int = 28,
) -> Markup:
    """Text, cut where it is too long and whole in its title."""
    cut = short(label, most)
    title = element("title", label) if cut != label else Markup("")
    return element(
        *("text", title, cut), x=x, y=y, text_anchor=anchor, class_=kind or None
    )


def cell(content: str) -> Markup:
    """A cell of a table; what is short stays on one line."""
    words = None if len(content) <= _SHORT or isinstance(content, Markup) else "words"
    return element("td", content, class_=words)


def table(header: Iterable[str], rows: Iterable[Iterable[str]], caption: str) -> Markup:
    """A table that scrolls sideways where the page is too narrow for it."""
    head = element("tr", *(element("th", cell, scope="col") for cell in header))
    body = [element("tr", *map(cell, row)) for row in rows]
    whole = element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *body),
    )
    return element("div", whole, class_="scroll", tabindex="0")
