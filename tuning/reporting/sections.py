"""The parts of a report that are words and tables: what was searched, and who won."""

from collections import Counter

from tuning.reporting import code_sides, svg
from tuning.reporting.axis import Axis, shown
from tuning.reporting.cost_chart import duration
from tuning.reporting.findings import Findings
from tuning.trials import precision
from tuning.trials.trial import Trial
from zoo.reporting.markup import Markup, element, joined

_TRIED = 3  # values of a choice named before the number of them


def facts(findings: Findings) -> Markup:
    """What was searched, on what data, how."""
    sweep, settings = findings.sweep, findings.sweep.settings
    better = {"max": "more is better", "min": "less is better"}[settings.direction]
    entries = {
        "Objective": f"{settings.objective}, {better}",
        "Tuner": f"{settings.tuner}, seed {settings.seed}",
        "Folds": _folds(findings),
        "Abandonment": _abandonment(settings.abandonment),
        "Data set": _data(findings),
        "Trials": _states(findings),
        "Code": ", ".join(
            f"{letter} {digest}"
            for digest, letter in code_sides.versions(sweep).items()
        )
        or "not noted",
        "Versions": ", ".join(
            f"{name} {settings.code[name]}"
            for name in ("tensorflow", "keras", "numpy")
            if name in settings.code
        ),
        "Precision": _precision(findings),
        "Repeatable": "bit for bit" if settings.deterministic else "to rounding",
    }
    pairs = [
        each
        for name, value in entries.items()
        if value
        for each in (element("dt", name), element("dd", value))
    ]
    rows = [(axis.name, _range(axis)) for axis in findings.axes]
    return joined(
        [
            element("dl", *pairs),
            svg.table(("parameter", "values"), rows, "What was searched"),
        ]
    )


def _precision(findings: Findings) -> str:
    """What was settled of networks whose recipe left it open; "" = of none."""
    known = precision.networks(findings.sweep).values()
    return ", ".join(dict.fromkeys(f"{n['precision']} of {n['arch']}" for n in known))


def _folds(findings: Findings) -> str:
    settings = findings.sweep.settings
    if settings.folds == ("",):
        return "none: the data set's one validation split"
    how = {"mean": "the mean of the folds", "pooled": "all folds pooled"}
    dealt, repeated = "", ""
    if settings.repeats > 1:
        dealt = f", dealt {settings.repeats} times"
        repeated = ", the mean over the deals"
    return (
        f"{settings.folds_each}{dealt}, by patient; the objective is "
        f"{how[settings.aggregate]}{repeated}"
    )


def _abandonment(rule: dict | None) -> str:
    if rule is None:
        return "never"
    rest = [f"{name} {value}" for name, value in rule.items() if name != "rule"]
    return ", ".join([f"{rule['rule']} test by patient", *rest])


def _data(findings: Findings) -> str:
    counted = ""
    if findings.patients is not None:
        counted = (
            f"; {findings.patients} validation patients, {findings.samples} samples"
        )
    digest = findings.sweep.settings.data_digest[:16] or "not noted"
    return f"digest {digest}{counted}; test patients were never read"


def _states(findings: Findings) -> str:
    counts = Counter(trial.state for trial in findings.trials)
    told = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in counts.items())
    return f"{len(findings.trials)}: {told}" if told else "none yet"


def _range(axis: Axis) -> str:
    if axis.scale is None:
        return ", ".join(shown(choice) for choice in axis.choices)
    spaced = ", logarithmic" if axis.scale.logarithmic else ""
    return f"{shown(axis.scale.low)} to {shown(axis.scale.high)}{spaced}"


def winner(findings: Findings) -> Markup:
    """The best trial, its figure as it is, and what is left of it without luck."""
    best = findings.best
    if best is None:
        return element("p", "No trial was completed, so there is no best one.")
    name, corrected = findings.sweep.settings.objective, findings.luck.corrected
    spread = "" if best.spread is None else f", sd over folds {best.spread:.4f}"
    boxes = [
        _box(f"{best.objective:.4f}", f"{name} of trial {best.trial_id}, naive{spread}")
    ]
    words = findings.luck.reason
    if corrected is not None:
        interval = corrected.interval
        boxes += [
            _box(f"{corrected.estimate:.4f}", "corrected for having been chosen"),
            _box(f"{interval.low:.4f} to {interval.high:.4f}", "its 95 % interval"),
        ]
        if corrected.share_of_luck is not None:
            share = f"{corrected.share_of_luck:.0%}"
            boxes.append(_box(share, "of its lead over the median trial is luck"))
        words = (
            f"The best of {findings.luck.trials} completed trials is in part the "
            "luckiest. The whole choice was made anew on "
            f"{findings.luck.resamples} bootstrap samples of {corrected.patients} "
            "patients and judged on the patients left out. Trial "
            f"{best.trial_id} was chosen in "
            f"{corrected.chosen.get(best.trial_id, 0):.0%} of them."
        )
    values = [(field, shown(value)) for field, value in best.values.items()]
    return joined(
        [
            element("div", *boxes, class_="figures"),
            element("p", words, class_="note"),
            svg.table(("parameter", "value"), values, f"Trial {best.trial_id}"),
            element("p", "Its recipe is best.toml beside this page."),
        ]
    )


def _box(figure: str, words: str) -> Markup:
    return element("div", element("b", figure), element("span", words))


def trials(findings: Findings) -> Markup:
    """A row for each trial."""
    names = [axis.name for axis in findings.axes]
    last = [name.rpartition(".")[2] for name in names]
    heads = [n if last.count(short) > 1 else short for n, short in zip(names, last)]
    name = findings.sweep.settings.objective
    header = ("trial", "state", name, "sd", "folds", "time", "code", *heads, "reason")
    head = element("tr", *(element("th", cell, scope="col") for cell in header))
    rows = [_row(findings, trial, names) for trial in findings.trials]
    caption = element("caption", "All trials; trials.csv has more of each")
    whole = element(
        *("table", caption, element("thead", head), element("tbody", *rows))
    )
    return element("div", whole, class_="scroll", tabindex="0")


def _row(findings: Findings, trial: Trial, names: list[str]) -> Markup:
    is_best = findings.best is not None and trial.trial_id == findings.best.trial_id
    kind = "best" if is_best else None
    if trial.has_failed:
        kind = "failed"
    side = code_sides.side(findings.sweep, trial)
    if code_sides.is_of_another(findings.sweep, trial):
        side += " (changed)"
    cells = (
        *(trial.trial_id, trial.state.replace("_", " ")),
        "" if trial.objective is None else f"{trial.objective:.4f}",
        "" if trial.spread is None else f"{trial.spread:.4f}",
        f"{len(trial.folds)}/{len(findings.sweep.settings.folds)}",
        duration(trial.seconds),
        side,
        *(shown(trial.values[name]) if name in trial.values else "–" for name in names),
        trial.reason,
    )
    return element("tr", *map(svg.cell, cells), class_=kind)
