"""Members to the directory of an ensemble."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import output_paths
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import joined, rules
from zoo.ensembling import member as members_of
from zoo.ensembling.ensemble import Ensemble, MemberEntry
from zoo.ensembling.fitting import Fitted
from zoo.ensembling.joined import Joined
from zoo.ensembling.member import Member
from zoo.ensembling.votes import Votes
from zoo.evaluation.predictions import predictions_file, unknown_file
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.settings import Settings
from zoo.runs import new_directory
from zoo.targets.target_output import TargetOutput


def make(
    paths: Sequence[str | os.PathLike],
    *,
    rule: str,
    out: str | os.PathLike,
    settings: Settings | None = None,
    names: Sequence[str] | None = None,
) -> tuple[Ensemble, dict]:
    """Makes the directory of an ensemble; it appears whole, by one rename.

    Args:
        paths: of the members, finished runs or cross-validations.
        rule: name of the rule.
        settings: of intervals; none = as in the first member's recipe.
        names: of the members; none = those of their directories.

    Returns:
        The ensemble, and what is in its metrics.json.

    Raises:
        UsageError: `out` exists, a rule that is none or does not suit the target, or
            what `member.opened` refuses.
        DataError: members that do not agree, patients that leak, or a rule that can't
            be fitted.
    """
    out = Path(out)
    output_paths.check_new_directory(out, "--out")
    rules.named(rule)
    members = members_of.opened(paths, names)
    for output in members[0].run.target_outputs:
        rules.check(rule, output.kind)
    together = joined.of_members(members)
    ensemble = _ensemble(out, rule, members, together)
    if settings is None:
        recipe = members[0].run.recipe
        settings = Settings(
            confidence=recipe.evaluation.confidence,
            bootstrap=recipe.evaluation.bootstrap,
            seed=recipe.seed,
        )
    results = {}
    # They load SciPy, and Matplotlib.
    from zoo.ensembling import evidence, unknown_classes

    def write(directory: Path) -> None:
        for name, answers in predictions_of(ensemble, together).items():
            path = directory / ensemble.predictions_of(name).name
            predictions_file.write(path, answers)
        by_fold = unknown_classes.predicted(ensemble, members)
        unknown = unknown_classes.of_one_file(by_fold, together.judged)
        if unknown is not None:
            unknown_file.write(directory / ensemble.unknown_path.name, unknown)
        ensembles.write(directory, ensemble)
        here = dataclasses.replace(ensemble, path=directory)
        results.update(
            evidence.write(here, together, settings=settings, folder=directory)
        )

    new_directory.make(out, out, write)
    return ensemble, results


def predictions_of(ensemble: Ensemble, together: Joined) -> dict[str, Predictions]:
    """What the ensemble says of the members' samples, by target."""
    answers = {}
    for output in ensemble.target_outputs:

        def says(fold: str, each: Votes, output: TargetOutput = output) -> Predictions:
            return each.predictions(ensemble.combine(output, {fold: each.values}))

        answers[output.target.name] = together.predictions(output.target.name, says)
    return answers


def _ensemble(
    out: Path, rule: str, members: Sequence[Member], together: Joined
) -> Ensemble:
    tasks = tuple(dict.fromkeys(member.run.task.name for member in members))
    return Ensemble(
        path=out,
        rule=rule,
        joined_by="patient" if together.patients else "sample",
        tasks=tasks,
        unit="patient" if together.patients else members[0].run.task.unit,
        targets=members[0].run.task.targets,
        members=tuple(
            MemberEntry(
                name=member.name,
                path=_relative(member.path, out),
                task=member.run.task.name,
                data_digest=member.run.data_digest,
                channels=tuple(member.run.channels),
                models=member.models(),
            )
            for member in members
        ),
        folds=members[0].folds,
        fitted=_fitted(rule, together),
    )


def _relative(member: Path, out: Path) -> str:
    """From one directory to the other, with links followed, in POSIX' writing."""
    return Path(
        os.path.relpath(os.path.realpath(member), os.path.realpath(out))
    ).as_posix()


def _fitted(rule: str, together: Joined) -> dict[str, dict[str, Fitted]]:
    """What the rule learns of the validation split, by target and fold."""
    fit = rules.named(rule).fit
    if fit is None:
        return {}
    return {
        target: {fold: _fit(rule, each, fold) for fold, each in by_fold.items()}
        for target, by_fold in together.by_target.items()
    }


def _fit(rule: str, votes: Votes, fold: str) -> Fitted:
    part = votes.of_split("validation")
    known = ~np.isnan(part.rows.truth).all(axis=1)
    part = part.take(np.flatnonzero(known))
    if not len(part.rows):
        of_fold = f" of fold {fold}" if fold else ""
        why = (
            "every one trained another member"
            if votes.left_out
            else "no member has validation predictions"
        )
        raise DataError(
            f"the rule {rule} is fitted on the validation split{of_fold}, and no "
            f"patient is left there: {why}. Take --rule mean"
        )
    return rules.named(rule).fit(
        part.values, part.rows.truth, part.rows.kind, part.counts
    )
