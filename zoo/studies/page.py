"""study.html: the paper's tables beside ours, on a page that asks for nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

from pipelines.storage import atomic_files
from zoo.reporting.markup import Markup, document, element, joined
from zoo.studies import page_flow, page_tables
from zoo.studies.page_parts import section, table
from zoo.studies.table import UNPUBLISHED

FILE, JSON = "study.html", "study.json"
_STYLE = Path(__file__).with_name("page.css")


def write(report: dict[str, Any], out: Path) -> Path:
    """Writes study.json and study.html, each whole or not at all; the page's path."""
    content = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
    atomic_files.write_text(out / JSON, content + "\n")
    atomic_files.write_text(out / FILE, text(report, out))
    return out / FILE


def title(report: dict[str, Any]) -> str:
    """With everything that a reader must not overlook."""
    warnings = "; ".join(report["warnings"])
    return f"{report['title']} ({warnings})" if warnings else report["title"]


def text(report: dict[str, Any], out: Path) -> str:
    """The page.

    Args:
        out: the study's directory, where its figures lie.
    """
    style = _STYLE.read_text(encoding="utf-8")
    return document(title(report), style, element("main", *_parts(report, out)))


def _parts(report: dict[str, Any], out: Path) -> list[Markup]:
    source = report["source"] + (f", doi {report['doi']}" if report["doi"] else "")
    parts = [
        element("h1", title(report)),
        element("p", f"After {source.rstrip('.')}.", class_="note"),
        *page_tables.tables(report),
        *page_tables.claims(report),
        page_flow.section_of(report["flow"]),
        *_demographics(report["demographics"]),
        section("The paper", _facts(report["paper"])),
        section("What is otherwise than in the paper", *_settings(report)),
    ]
    if report["figures"]:
        shown = [_figure(figure, out) for figure in report["figures"]]
        parts.append(section("Figures of the runs", *shown))
    parts.append(section("What it cost", *_cost(report)))
    return parts


def _demographics(tables: dict[str, Any] | None) -> list[Markup]:
    if tables is None:
        return []
    shown = [
        table(tables[whose]["header"], tables[whose]["rows"], caption=caption)
        for whose, caption in (("paper", "The paper's patients"), ("ours", "Ours"))
    ]
    return [section("The patients", *shown)]


def _facts(facts: dict[str, str]) -> Markup:
    if not facts:
        return element("p", "The study file has no facts of it.")
    pairs = [
        (element("dt", name.replace("_", " ")), element("dd", published(value)))
        for name, value in facts.items()
    ]
    return element("dl", *(part for pair in pairs for part in pair))


def published(value: str) -> str:
    """A fact of the paper, or that there is none."""
    return "not published" if value == UNPUBLISHED else value


def _settings(report: dict[str, Any]) -> list[Markup]:
    parts = []
    deviations = report["settings"]["deviations"]
    if deviations:
        names = ("setting", "paper", "here", "reason")
        rows = [[published(row[name]) for name in names] for row in deviations]
        parts.append(table(("setting", "paper", "here", "why"), rows))
    header = ("training", "recipe", "network", "weights", "epochs", "changed")
    trainings = report["settings"]["trainings"]
    everywhere = _in_all([t["changed"] for t in trainings])
    rows = [
        (
            f"{t['name']}{': ' if t['note'] else ''}{t['note']}",
            t["recipe"],
            t["arch"],
            t["weights"],
            str(t["epochs"]),
            _changes(dict(t["changed"].items() - everywhere.items())),
        )
        for t in trainings
    ]
    parts.append(table(header, rows, caption="What was trained"))
    if everywhere:
        words = f"Changed in all of them: {_changes(everywhere)}."
        parts.append(element("p", words, class_="note"))
    if report["left_out"]:
        words = f"Not made here: {'; '.join(report['left_out'])}."
        parts.append(element("p", words, class_="note"))
    return parts


def _in_all(changed: list[dict[str, str]]) -> dict[str, str]:
    """Changes that several trainings have, and all of them alike."""
    if len(changed) < 2:
        return {}
    return dict(set.intersection(*(set(each.items()) for each in changed)))


def _changes(changed: dict[str, str]) -> str:
    return ", ".join(f"{name} = {changed[name]}" for name in sorted(changed)) or "-"


def _figure(figure: dict[str, Any], out: Path) -> Markup:
    caption = f"{figure['title']} ({figure['of']})"
    if figure["file"] is None:
        return element("p", f"{caption}: the run drew none.", class_="note")
    content = base64.b64encode((out / figure["file"]).read_bytes()).decode("ascii")
    picture = Markup(
        joined([Markup('<img alt="'), caption, Markup('" src="')])
        + f'data:image/png;base64,{content}">'
    )
    return element("figure", picture, element("figcaption", caption))


def _cost(report: dict[str, Any]) -> list[Markup]:
    rows = [
        (
            step["step"],
            _seconds(step, "seconds"),
            _seconds(step, "processor_seconds"),
            element("code", step["command"]),
        )
        for step in report["cost"]
    ]
    total = sum(step["seconds"] or 0 for step in report["cost"])
    words = f"{total / 60:.1f} minutes in all, on the machine that ran it."
    if any(step.get("went_on") for step in report["cost"]):
        words += " >: gone on with; what it took before it was cut short is not known."
    columns = ("step", "seconds", "processor seconds", "command")
    return [element("p", words), table(columns, rows)]


def _seconds(step: dict[str, Any], kind: str) -> str:
    """Of the clock or the processor; records of before lack the latter."""
    seconds = step.get(kind)
    if seconds is None:
        return "-"
    return f"{'> ' if step.get('went_on') else ''}{seconds:.1f}"
