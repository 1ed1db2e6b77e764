"""Learning curves of the best trials, the best one emphasised."""

from tuning.reporting import learning_curves, scale, svg
from tuning.reporting.findings import Findings
from tuning.reporting.svg import Frame
from zoo.reporting.markup import Markup, element


def chart(findings: Findings) -> Markup:
    """Lines over epochs."""
    curves = findings.curves
    if not curves:
        return element("p", "No fold has a history.")
    frame, name = Frame(), learning_curves.shown_column(findings.sweep)
    high = scale.without_outliers([value for c in curves for value in c.values])
    across = scale.around([1, max(len(curve.values) for curve in curves)])
    best = None if findings.best is None else findings.best.trial_id
    lines = []
    for curve in reversed(curves):
        places = [
            (frame.x(across.position(e)), frame.y(high.position(v)))
            for e, v in zip(curve.epochs, curve.values)
        ]
        kind = "best" if curve.trial_id == best else "curve"
        title = element("title", f"trial {curve.trial_id}")
        if len(places) == 1:
            lines.append(svg.dot(*places[0], kind=kind, title=curve.trial_id))
            continue
        lines.append(element("polyline", title, points=svg.points(places), class_=kind))
    return frame.drawing(
        frame.y_axis(high, name),
        frame.x_counts(across, "epoch"),
        element("g", *lines, class_="lines"),
        label=f"{name} by epoch, mean over folds, of the {len(curves)} best trials.",
    )


def table(findings: Findings) -> Markup:
    """First, best and last figure of each curve drawn."""
    name = learning_curves.shown_column(findings.sweep)
    falls = name in ("val_loss", "val_mae")
    rows = [
        (
            curve.trial_id,
            str(len(curve.values)),
            f"{curve.values[0]:.4f}",
            f"{(min if falls else max)(curve.values):.4f}",
            f"{curve.values[-1]:.4f}",
        )
        for curve in findings.curves
    ]
    header = ("trial", "epochs", "first", "best epoch's", "last")
    return svg.table(header, rows, f"{name}, mean over folds")
