"""What is not known, as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.rejection.rules import IN_WORDS
from zoo.evaluation.results.metric_text import cell, number
from zoo.evaluation.results.unknown_classes import rows_of_confusion

_MOST_CLASSES = 7  # columns that are read beside each other


def tables(evidence: dict) -> list[str]:
    """The tables of what a target's evidence has of these."""
    if "rejection" not in evidence:
        return []
    parts = [_rejection(evidence)]
    content = evidence["rejection"]
    if content["rule"] is not None:
        parts.append(_confusion(evidence))
    if "conformal" in evidence:
        parts.append(_conformal(evidence))
    return parts


def _rejection(evidence: dict) -> str:
    content, where = evidence["rejection"], evidence["calibration"]
    rows = [
        [
            f"reject option, {where['split']}, by {where['level']}",
            f"by the {IN_WORDS[content['score']]}",
        ],
        ["AURC", cell(content["aurc"])],
    ]
    if content["rule"] is not None:
        cuts = ", ".join(f"{value:.4g}" for value in content["thresholds"])
        rows += [
            ["unknown below", cuts],
            ["coverage (share that is known)", cell(content["coverage"])],
            ["accuracy of the known", cell(content["accuracy_known"])],
            ["accuracy of the unknown", cell(content["accuracy_unknown"])],
        ]
    if "unknown" in content:
        of_unknown = content["unknown"]
        rows += [
            ["samples of no known class", str(of_unknown["samples"])],
            ["of these called unknown", cell(of_unknown["rejected"])],
            ["AUROC, known against unknown", cell(of_unknown["auroc"])],
            ["FPR at 95 % of the known", cell(of_unknown["fpr95"])],
        ]
    return align(rows)


def _confusion(evidence: dict) -> str:
    where, classes = evidence["calibration"], evidence["classes"]
    heading = f"{where['split']}, by {where['level']}: true \\ answered"
    rows = [[heading, *classes, "unknown"]]
    counts = evidence["rejection"]["confusion"]
    named = [*zip(classes, counts), *rows_of_confusion(evidence)]
    rows += [[name, *map(str, row)] for name, row in named]
    return align(rows)


def _conformal(evidence: dict) -> str:
    content = evidence["conformal"]
    shown = [*content["coverage"].items()][:_MOST_CLASSES]
    heading = f"conformal sets, {100 * content['level']:g}% of each class wanted"
    if "by" in content:
        heading += f", of the last stage, by {content['by']}"
    rows = [[heading, *(name for name, _ in shown)]]
    rows.append(["covered", *(cell(entry) for _, entry in shown)])
    sizes = [number(content[name]) for name in ("mean_size", "single", "empty")]
    return align(rows) + "\nclasses a set {}; sets of one class {}, of none {}".format(
        *sizes
    )
