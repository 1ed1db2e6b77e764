"""report.html: one page that holds everything and asks for nothing else."""

from pathlib import Path

from pipelines.storage import atomic_files
from tuning.reporting import (
    cost_chart,
    curve_chart,
    history_chart,
    importance_chart,
    nested_section,
    parallel_chart,
    sections,
    slice_charts,
)
from tuning.reporting.findings import Findings
from zoo.reporting.markup import Markup, document, element

FILE = "report.html"
_HERE = Path(__file__).parent
_KEY = (
    "Filled: completed. Ring: abandoned, what its folds let expect. Cross: no figure. "
    "Orange: the best, and the best so far. Violet edge: trained by another version of "
    "the code."
)
_BY_TOUCH = (
    "One line a trial, stronger where the objective is better; it dips below an axis "
    "whose parameter its values leave out."
)


def write(findings: Findings) -> Path:
    """Writes the page into the sweep's directory, whole or not at all."""
    path = findings.sweep.path / FILE
    atomic_files.write_text(path, text(findings))
    return path


def text(findings: Findings) -> str:
    """The page."""
    settings = findings.sweep.settings
    title = f"Sweep by {settings.tuner}: {settings.objective}"
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    script = Markup((_HERE / "page.js").read_text(encoding="utf-8"))
    main = element("main", element("h1", title), *_sections(findings))
    return document(title, style, main, element("script", script))


def _sections(findings: Findings) -> list[Markup]:
    return [
        _section("The winner, and how much of it is luck", sections.winner(findings)),
        *_of_outer_folds(findings),
        _section("What was searched", sections.facts(findings)),
        _section("History", _noted(_KEY), history_chart.chart(findings)),
        _section(
            "Parameters together", _noted(_BY_TOUCH), parallel_chart.chart(findings)
        ),
        _section("Which parameters matter", *_importance(findings)),
        _section("Each parameter alone", slice_charts.charts(findings), kind="long"),
        _section("Learning curves", *_curves(findings), kind="long"),
        _section("Cost", *_cost(findings)),
        _section("All trials", sections.trials(findings), kind="long"),
    ]


def _of_outer_folds(findings: Findings) -> list[Markup]:
    if findings.nested is None:
        return []
    drawn = nested_section.section(findings, findings.nested)
    return [_section(nested_section.TITLE, drawn)]


def _section(title: str, *content: Markup, kind: str | None = None) -> Markup:
    return element("section", element("h2", title), *content, class_=kind)


def _noted(words: str) -> Markup:
    return element("p", words, class_="key")


def _importance(findings: Findings) -> list[Markup]:
    importances = findings.importances
    drawn = importance_chart.chart(importances)
    if not importances.each:
        return [drawn]
    explained = importances.explained
    words = (
        f"Random forests foretell {max(0.0, explained):.0%} of the variance of the "
        "ranks of trials that they were not fitted to. A bar is the share that a "
        "parameter has a part in: what is lost once its values are dealt among the "
        "trials anew. Its line is the 90 % interval over bootstrap samples of trials. "
        "Abandoned trials count with what their folds let expect."
    )
    if explained < 0.1:
        words += " That is next to nothing: do not read the order below as one."
    return [_noted(words), drawn, importance_chart.table(importances)]


def _curves(findings: Findings) -> list[Markup]:
    words = (
        f"Mean over folds, of the {len(findings.curves)} best trials; the best one is "
        "orange."
    )
    drawn = curve_chart.chart(findings)
    if not findings.curves:
        return [drawn]
    folded = element(
        "details", element("summary", "As a table"), curve_chart.table(findings)
    )
    return [_noted(words), drawn, folded]


def _cost(findings: Findings) -> list[Markup]:
    saved = findings.saved_folds
    planned = len(findings.trials) * len(findings.sweep.settings.folds)
    words = f"Abandonment saved {saved} of {planned} folds."
    return [element("p", words), cost_chart.chart(findings)]
