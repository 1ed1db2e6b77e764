"""The flow of inclusion, drawn as papers do: boxes from top to bottom."""

from typing import Any

from zoo.reporting.markup import Markup, element
from zoo.studies.page_parts import section, table


def section_of(flow: dict[str, Any]) -> Markup:
    """The paper's flow beside ours."""
    columns = []
    if flow["paper"]:
        boxes = [_box(str(step["number"]), step["what"]) for step in flow["paper"]]
        columns.append(_column("The paper", boxes))
    columns += [_ours(alike) for alike in _alike(flow["ours"])]
    parts = [element("div", *columns, class_="flows")]
    parts += [_counts(ours) for ours in flow["ours"]]
    return section("Flow of inclusion", *parts)


def _alike(flows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Data sets whose patients went the same way stand together."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for ours in flows:
        way = [ours[name] for name in ("unit", "found", "excluded", "included")]
        groups.setdefault(repr(way), []).append(ours)
    return [*groups.values()]


def _ours(alike: list[dict[str, Any]]) -> Markup:
    ours, *_ = alike
    unit = {"study": "studies", "series": "series"}.get(ours["unit"], ours["unit"])
    boxes = [_box(_number(ours["found"]), f"{unit} found")]
    boxes += [
        _box(f"-{excluded['number']}", excluded["why"], kind="out")
        for excluded in ours["excluded"]
    ]
    words = f"{unit} in the data set"
    if ours["unlabelled"]:
        words += f", {ours['unlabelled']} of them without a label"
    boxes.append(_box(_number(ours["included"]), words))
    names = ", ".join(each["data_set"] for each in alike)
    return _column(f"Ours: {names}", boxes)


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _column(title: str, boxes: list[Markup]) -> Markup:
    return element("div", element("h3", title), *boxes, class_="flow")


def _box(number: str, what: str, kind: str = "in") -> Markup:
    return element("div", element("b", number), " ", what, class_=f"box {kind}")


def _counts(ours: dict[str, Any]) -> Markup:
    """Samples and patients of every group of a data set, by class."""
    groups = ours["groups"]
    classes = list(dict.fromkeys(c for g in groups.values() for c in g["classes"]))
    rows = [
        (
            name,
            str(group["patients"]),
            str(group["samples"]),
            *(str(group["classes"].get(c, 0)) for c in classes),
        )
        for name, group in groups.items()
    ]
    dealt = "images" if ours["split_by"] == "image" else "patients"
    header = ("group", dealt, "samples", *classes)
    return table(header, rows, caption=f"Data set {ours['data_set']}, dealt by {dealt}")
