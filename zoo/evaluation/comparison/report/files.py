"""A comparison as files: comparison.json, comparison.csv and a forest plot.

`comparison.json`:

- `format`: 1; `confidence`; `bootstrap`: `resamples`, `seed`; `aggregate`: `pooled`, or
  `mean` over folds
- `level`: `patient` or `sample`; `patients`, `samples`: how many are compared
- `sources`: `name`, `what`, `left_out` (patients or samples that are not in all
  sources), `seen_patients` (who trained the first weights), `repeats`: of a repeated
  cross-validation how many, whose mean its figures are; else 1
- `tests`: how many p of patients `p_holm` allows for
- `comparisons`: a row each:
    - `figure`; `better`: `larger` or `smaller`; `model`, `reference`
    - `over`: of gains (--gains) what `model` and what `reference` gains over; else null
    - `value`, `reference_value`, `difference` (model - reference); null = undefined; of
      gains `value` is model - what it is over, and `reference_value` likewise
    - `method`: a key of `inference.METHODS`; `interval`: `low`, `high`; `p`, two-sided;
      `p_holm`; null with a `reason`; a `note` where they are approximate
    - `bootstrap`: `low`, `high`, `p` of the paired bootstrap beside it, with a `reason`
      where there is none; null over folds
    - `calls`: of proportions `model_alone`, `reference_alone`, `units`; else null
    - `margin`: `size`, `p`, `p_holm` (one-sided), `verdict`; null without --margin
    - `folds`: how many the row is over, of all repeats; 0 = patients
    - `verdict`: in words

`comparison.csv` has the same rows, for a spreadsheet.
"""

import json
import math
from pathlib import Path

from pipelines.figures import png
from pipelines.storage import atomic_files, csv_files
from zoo.evaluation.comparison.inference import Inference
from zoo.evaluation.comparison.report import forest_plot, verdict
from zoo.evaluation.comparison.report.comparison import Comparison
from zoo.evaluation.comparison.report.row import Row

JSON, CSV, PNG = "comparison.json", "comparison.csv", "comparison.png"
_COLUMNS = (
    *("figure", "better", "model", "reference", "folds"),
    *("model_over", "reference_over"),
    *("value", "reference_value", "difference", "low", "high"),
    *("p", "p_holm", "method", "bootstrap_low", "bootstrap_high", "bootstrap_p"),
    *("model_alone", "reference_alone", "units"),
    *("margin", "margin_p", "margin_p_holm", "margin_verdict", "verdict"),
)


def write(comparison: Comparison, directory: Path) -> Path:
    """Writes all three, the JSON file last, and gives its path.

    Raises:
        DataError: the directory can't be made.
    """
    png.make_folder(directory)
    forest_plot.draw(directory / PNG, comparison)
    rows = [_row(comparison, row) for row in comparison.rows]
    csv_files.write_for_people(directory / CSV, _COLUMNS, map(_cells, rows))
    held = content(comparison)
    text = json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False)
    atomic_files.write_text(directory / JSON, text + "\n")
    return directory / JSON


def content(comparison: Comparison) -> dict:
    """What comparison.json holds."""
    settings, same = comparison.question.settings, comparison.same
    return {
        "format": 1,
        "confidence": settings.confidence,
        "bootstrap": {"resamples": settings.bootstrap, "seed": settings.seed},
        "aggregate": comparison.question.aggregate,
        "level": same.level,
        "patients": comparison.patients,
        "samples": comparison.samples,
        "sources": [
            {
                "name": source.name,
                "what": source.what,
                "left_out": same.left_out[source.name],
                "seen_patients": source.seen,
                "repeats": len(source.repeats),
            }
            for source in same.sources
        ],
        "tests": comparison.tests,
        "comparisons": [_row(comparison, row) for row in comparison.rows],
    }


def _row(comparison: Comparison, row: Row) -> dict:
    inference = _inference(row.inference)
    return {
        "figure": row.figure.name,
        "better": "larger" if row.figure.objective.sign > 0 else "smaller",
        "model": row.model,
        "reference": row.reference,
        "over": row.over and {"model": row.over[0], "reference": row.over[1]},
        "value": _number(row.value),
        "reference_value": _number(row.reference_value),
        "difference": _number(row.difference),
        "method": row.inference.method,
        "interval": {"low": inference.pop("low"), "high": inference.pop("high")},
        **inference,
        "p_holm": row.p_holm,
        "bootstrap": None if row.bootstrap is None else _inference(row.bootstrap),
        "calls": row.discordance
        and {
            "model_alone": row.discordance.mine,
            "reference_alone": row.discordance.other,
            "units": row.discordance.units,
        },
        "margin": row.margin
        and {
            "size": row.margin.size,
            "p": row.margin.p,
            "p_holm": row.margin.p_holm,
            "verdict": verdict.on_margin(row, comparison.confidence),
        },
        "folds": row.folds,
        "verdict": verdict.sentence(row, comparison.confidence, comparison.show),
    }


def _inference(inference: Inference) -> dict:
    words = {"reason": inference.reason, "note": inference.note}
    ends = {"low": inference.low, "high": inference.high}
    return {**ends, "p": inference.p, **{k: word for k, word in words.items() if word}}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _cells(row: dict) -> list[object]:
    """The cells of a row of comparison.csv; empty where there is none."""
    bootstrap, calls = row["bootstrap"] or {}, row["calls"] or {}
    margin = row["margin"] or {}
    values = {
        **row,
        **row["interval"],
        **calls,
        **{f"{side}_over": name for side, name in (row["over"] or {}).items()},
        **{f"bootstrap_{key}": bootstrap.get(key) for key in ("low", "high", "p")},
        "margin": margin.get("size"),
        **{f"margin_{key}": margin.get(key) for key in ("p", "p_holm", "verdict")},
    }
    cells = (values.get(name) for name in _COLUMNS)
    return ["" if cell is None else cell for cell in cells]
