"""Ensembles of repeated cross-validations: one of each repeat, and all together.

`summary/repeats.json` is as `repeated_folds.write` has it, of the ensembles'
predictions, with `ensemble` beside: `rule`, `members`, `best_member` (by validation,
the mean over all folds of all repeats) and `conclusion`; where there is a best member
`gain`: `split`, and `by_objective` the differences ensemble - best member, see `gains`.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import output_paths
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import gain, joined, rules
from zoo.ensembling import make as single
from zoo.ensembling import member as members_of
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.joined import Joined
from zoo.evaluation import repeated_folds
from zoo.evaluation.comparison import contributions, objectives, over_repeats
from zoo.evaluation.comparison.contributions import Aggregate
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions, of_split, take
from zoo.evaluation.results.settings import Settings, of_recipe
from zoo.runs import new_directory, repeated_ensemble, repeats
from zoo.runs.repeated_ensemble import RepeatedEnsemble
from zoo.runs.repeats import RepeatedCrossValidation


def are_repeated(paths: Sequence[str | os.PathLike]) -> bool:
    """Whether the members are repeated cross-validations.

    Raises:
        UsageError: some are, and some not.
    """
    repeated = [path for path in paths if repeats.is_there(path)]
    others = [path for path in paths if not repeats.is_there(path)]
    if repeated and others:
        raise UsageError(
            f"{repeated[0]} is a repeated cross-validation and {others[0]} is none. "
            "Name repeated ones alone, or one repeat of each: "
            f"{Path(repeated[0]) / 'repeat-0'}"
        )
    return bool(repeated)


def make(
    paths: Sequence[str | os.PathLike], *, rule: str, out: str | os.PathLike
) -> tuple[RepeatedEnsemble, dict]:
    """Makes the directory of an ensemble of repeats; it appears whole.

    Args:
        paths: of the members, repeated cross-validations of the same deals.
        rule: name of the rule.

    Returns:
        The ensemble, and what is in its summary.

    Raises:
        UsageError: `out` exists, members of other numbers of repeats, or what
            `make.make` refuses.
        DataError: a repeat that is not done, or what `make.make` refuses: members that
            were dealt otherwise leak.
    """
    out = Path(out)
    new_directory.check_new(out)
    output_paths.check_directory(out, "--out")
    rules.named(rule)
    members = [repeats.opened(path) for path in paths]
    _check_alike(members)
    names = members_of.names_of(paths)
    results = {}

    def write(directory: Path) -> None:
        made = RepeatedEnsemble(
            path=directory, rule=rule, members=names, repeats=members[0].repeats
        )
        for number, path in enumerate(made.paths):
            single.make(
                [member.paths[number] for member in members],
                rule=rule,
                out=path,
                names=names,
            )
        repeated_ensemble.write(made)
        results.update(judge(made, settings=of_recipe(members[0].recipe)))

    new_directory.make(out, out, write)
    return repeated_ensemble.opened(out), results


def _check_alike(members: Sequence[RepeatedCrossValidation]) -> None:
    for member in members:
        repeats.check_judged(member)
    first = members[0]
    for other in members[1:]:
        if other.repeats != first.repeats:
            raise UsageError(
                f"{first.path} and {other.path} are not repeated alike, and members "
                f"vote in each repeat. Received: {first.repeats} and {other.repeats} "
                "repeats. Go on with the fewer by zoo.train --repeats and --resume, or "
                "name one repeat of each"
            )


def judge(
    ensemble: RepeatedEnsemble, *, settings: Settings, out: Path | None = None
) -> dict:
    """Writes the summary of all repeats, repeats.json and repeats.csv.

    Args:
        out: directory to write to; none = the ensemble's `summary/`.
    Raises:
        DataError: a member is gone or another one, or the repeats have not the same
            patients.
    """
    opened = [ensembles.opened(path) for path in ensemble.paths]
    voted = [joined.of_members(members_of.reopened(each)) for each in opened]
    split = voted[0].judged
    results = {
        output.target.name: repeated_folds.evaluate(
            [_said(each, output.target.name, split) for each in opened], settings
        )
        for output in opened[0].target_outputs
    }
    summary = repeated_folds.content(
        results, repeats=ensemble.repeats, split=split, settings=settings
    )
    summary["ensemble"] = _of_ensemble(ensemble, opened, voted, split, settings)
    folder = out or ensemble.summary_path
    repeated_folds.save(folder, summary)
    return summary


def _said(ensemble: Ensemble, target: str, split: str) -> Predictions:
    (of_target,) = (t for t in ensemble.targets if t.name == target)
    path = ensemble.predictions_of(target)
    return of_split(predictions_file.read(path, of_target), split)


def _of_ensemble(
    ensemble: RepeatedEnsemble,
    opened: Sequence[Ensemble],
    voted: Sequence[Joined],
    split: str,
    settings: Settings,
) -> dict:
    by_repeat = [each.validation("") for each in voted]
    validation = [
        [part for member in of_all for part in member] for of_all in zip(*by_repeat)
    ]
    best = gain.best_member(validation, ensemble.members)
    content = {
        "rule": ensemble.rule,
        "members": list(ensemble.members),
        "best_member": best,
    }
    if best["name"] is None:
        return content | {"conclusion": f"no gain can be told: {best['reason']}"}
    number = ensemble.members.index(best["name"])
    mine = [_said(each, "", split) for each in opened]
    theirs = [of_split(each.member("", number), split) for each in voted]
    found = gains(mine, theirs, confidence=settings.confidence)
    words = gain.conclusion(found, best["name"], settings.confidence)
    return content | {
        "gain": {"split": split, "by_objective": found},
        "conclusion": f"{split}, mean of {ensemble.repeats} repeats: {words}",
    }


def gains(
    mine: Sequence[Predictions], best: Sequence[Predictions], *, confidence: float
) -> dict:
    """The paired difference ensemble - best member over repeats, by objective.

    Over folds their mean. Its interval is over patients, who contribute the mean of
    what they contribute to the repeats, see `over_repeats`.

    Args:
        mine: the ensemble's predictions in each repeat.
        best: the best member's, of the same samples or fewer.

    Returns:
        As `gain.gains`.
    """
    first = best[0]
    shared = [_of_samples(repeat, set(first.sample_id)) for repeat in mine]
    ordered = [
        [over_repeats.in_order_of(first, repeat) for repeat in each]
        for each in (shared, best)
    ]
    aggregate = "mean" if len(set(first.fold)) > 1 else "pooled"
    return {
        name: _gain(*ordered, objectives.named(name), aggregate, confidence)
        for name in gain.OBJECTIVES[first.kind.name]
    }


def _of_samples(predictions: Predictions, samples: set[str]) -> Predictions:
    rows = [row for row, name in enumerate(predictions.sample_id) if name in samples]
    return take(predictions, rows)


def _gain(
    mine: Sequence[Predictions],
    best: Sequence[Predictions],
    objective: Objective,
    aggregate: Aggregate,
    confidence: float,
) -> dict:
    try:
        sides = over_repeats.pair(mine, best, objective, aggregate)
    except DataError as error:
        return {"difference": None, "reason": str(error)}
    both = contributions.difference(*sides)
    found = spread(both)
    facts = {
        "difference": both.value,
        "patients": len(both.patients),
        "aggregate": aggregate,
    }
    if found.reason:
        same = not both.influence.any() and both.value == 0
        empty = {"low": None, "high": None, "p": 1.0 if same else None}
        return facts | empty | {"reason": found.reason}
    half = found.half(confidence)
    low, high = objective.within(both.value - half, both.value + half)
    return facts | {
        "low": low,
        "high": high,
        "p": min(1.0, 2 * found.at_most(-abs(both.value))),
    }


def text(summary: dict) -> str:
    """The tables for the terminal, and what was gained."""
    content = summary["ensemble"]
    lines = [f"rule {content['rule']}, members {', '.join(content['members'])}"]
    best = content["best_member"]
    if best["name"] is not None:
        title = gain.TITLES[best["objective"]]
        values = ", ".join(f"{name} {v:.3f}" for name, v in best["values"].items())
        lines.append(f"best member by validation {title}: {best['name']} ({values})")
    lines.append(content["conclusion"])
    return "\n\n".join([repeated_folds.text(summary), "\n".join(lines)])
