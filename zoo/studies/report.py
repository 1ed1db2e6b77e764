"""What a finished study came to, as study.json holds it and the page shows it.

`study.json`: `format`, `name`, `title`, `warnings` (what the title must say), `source`,
`doi`, `options`; `paper` (facts), `tables` (per row `paper`, `ours` and, where images
were dealt, too, `ours_by_image`; where `ours` is null `why_not`; of some of the
patients `by`, `too_few` and for each column `p_between` the groups), `claims`,
`demographics`, `flow`, `settings`, `figures`, `cost`, `left_out` (of the study, what
was not made). Paths are relative.
"""

import dataclasses
from typing import Any

from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects
from zoo.studies import (
    begun,
    cells,
    columns,
    demographics,
    figures,
    flow,
    runner,
    settings,
    steps,
    subgroup_figures,
)
from zoo.studies.claim import Claim
from zoo.studies.request import Request
from zoo.studies.table import Row, Table

_BY_IMAGE = "-by-image"


def report(request: Request, recipes: dict[str, Recipe]) -> dict[str, Any]:
    """Everything but the page.

    Raises:
        DataError: a run lacks what a table shows.
    """
    study = request.study
    begun_with = json_objects.read(request.out / begun.FILE)
    return {
        "format": 1,
        "name": request.name,
        "title": study.title,
        "warnings": warnings(request),
        "source": study.source,
        "doi": study.doi,
        "options": begun_with["options"],
        "paper": study.paper,
        "tables": [_table(request, table) for table in study.table],
        "claims": [tested(request, claim) for claim in steps.made_claims(request)],
        "demographics": demographics.demographics(request),
        "flow": flow.flow(request),
        "settings": settings.settings(request, recipes),
        "figures": figures.figures(request),
        "cost": _cost(request),
        "left_out": [f"{name}: {why}" for name, why in _left_out(request).items()],
    }


def warnings(request: Request) -> list[str]:
    """What whoever reads a figure of the page must know first."""
    sentences = []
    if request.kind == "phantom":
        sentences.append("on a phantom: it proves the way, not the medicine")
    if request.quick:
        sentences.append("quick: few patients and short trainings")
    if request.without_weights:
        sentences.append("without pretrained weights")
    if request.by_image:
        sentences.append("also split by image, which leaks patients into the test")
    return sentences


def _made(request: Request) -> set[str]:
    return {r.name for r in (*request.trainings, *steps.made_ensembles(request))}


def _table(request: Request, table: Table) -> dict[str, Any]:
    left_out = _left_out(request)
    return {
        "title": table.title,
        "note": table.note,
        "aggregate": table.aggregate,
        "columns": list(table.titles or table.columns),
        "rows": [_row(request, table, row, left_out.get(row.of)) for row in table.rows],
    }


def _row(
    request: Request, table: Table, row: Row, why_not: str | None
) -> dict[str, Any]:
    content = {
        "label": row.label,
        "of": row.of,
        "split": row.split,
        "class": row.of_class,
        "paper": list(table.published(row)),
        "ours": None,
    }
    if why_not is not None:
        return {**content, "why_not": why_not}
    content["ours"] = _cells(request, table, row, "")
    if row.by:
        content |= _of_group(request, table, row)
    if request.by_image:
        content["ours_by_image"] = _cells(request, table, row, _BY_IMAGE)
    return content


def _of_group(request: Request, table: Table, row: Row) -> dict[str, Any]:
    """What must be known of a group of patients beside its figures."""
    folder = steps.subgroups_path(request, row, "")
    metrics = [columns.parse(column)[1] for column in table.columns]
    where = (folder, row.split, row.by)
    return {
        "by": row.by,
        "too_few": subgroup_figures.too_few(*where, row.group),
        "p_between": [subgroup_figures.p_between(*where, name) for name in metrics],
    }


def _cells(request: Request, table: Table, row: Row, protocol: str) -> list[dict]:
    run = steps.run_path(request, row.of + protocol)
    if row.by:
        run = steps.subgroups_path(request, row, protocol)
    return [dataclasses.asdict(cell) for cell in cells.cells(table, row, run)]


def tested(request: Request, claim: Claim) -> dict[str, Any]:
    """The claim, and what `zoo.compare` wrote of it."""
    path = steps.comparison_path(request, claim) / "comparison.json"
    compared = json_objects.read(path)
    return {
        **config_files.plain(claim),
        "level": compared["level"],
        "patients": compared["patients"],
        "confidence": compared["confidence"],
        "rows": compared["comparisons"],
    }


def _cost(request: Request) -> list[dict[str, Any]]:
    every = steps.steps(request)
    return [json_objects.read(runner.record(request, step)) for step in every]


def _left_out(request: Request) -> dict[str, str]:
    """Why a run of the study is not made, by its name."""
    made, study = _made(request), request.study
    why = {run.name: "a variant: --variants trains it" for run in study.train}
    why |= {run.name: "left out by --quick" for run in study.train if not run.variant}
    if request.without_weights:
        unpretrained = "about pretrained weights, and there are none"
        why |= {run.name: unpretrained for run in study.train if run.fine_tuned}
    learners = [run.name for run in study.train if run.unlabelled]
    if learners and not request.has_unlabelled:
        nobody = "it learns from patients without a label, and there are none"
        why |= dict.fromkeys(learners, nobody)
    why |= {e.name: "a member is left out" for e in study.ensemble}
    return {name: reason for name, reason in why.items() if name not in made}
