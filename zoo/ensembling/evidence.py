"""The evidence of an ensemble: metrics.json and figures, as of a run, and its gain."""

from collections.abc import Mapping
from pathlib import Path

from zoo.ensembling import gain, rules, unknown_classes
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.joined import Joined
from zoo.evaluation import run_evaluation
from zoo.evaluation.figures import style
from zoo.evaluation.predictions import predictions_file, unknown_file
from zoo.evaluation.predictions.by_patient import levels, levels_by_split
from zoo.evaluation.predictions.predictions import Predictions, of_split, take
from zoo.evaluation.results import evidence
from zoo.evaluation.results import folds as fold_results
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import shown_level
from zoo.runs import split_by_image


def write(
    ensemble: Ensemble,
    together: Joined,
    *,
    settings: Settings,
    folder: Path,
) -> dict:
    """Evaluates an ensemble's predictions; writes `folder`'s metrics.json and figures.

    Beside what `run_evaluation.write` documents (and, of cross-validations, `folds` as
    `pooled_folds.write` does) metrics.json has `ensemble`:

    - `rule`, `members` (their names), `joined_by`
    - `fitted`: only where the rule learned something, as in ensemble.json, of the main
      target
    - `patients`: by split, by the number of members that predict a patient, how many
    - `left_out`: patients who validate one member and train another
    - `best_member`: by the validation split: `name`, `objective`, `values` by member;
      or a null `name` and a `reason`
    - `gain`: only where there is a best member: `split`, and `by_objective`: the
      differences ensemble - best member, see `gain.gains`
    - `conclusion`: a sentence

    Args:
        together: what the members predicted.
        folder: to write to.

    Raises:
        DataError: predictions that are missing or damaged, or a folder that can't be
            written.
    """
    splits, results = {}, {}
    description = Description(task=" + ".join(ensemble.tasks), unit=ensemble.unit)
    for output in ensemble.target_outputs:
        name = output.target.name
        read = predictions_file.read(ensemble.predictions_of(name), output.target)
        splits[name] = levels_by_split(read)
        results[name] = evidence.evaluate(splits[name], description, settings)
        results[name].update(_folds(ensemble, read, results[name]))
    held_out = ensemble.targets[0].held_out_classes
    # Ensembles of earlier versions, and of several data sets, have no such file.
    if held_out and ensemble.unknown_path.exists():
        results[""]["unknown_classes"] = unknown_classes.evaluate(
            unknown_file.read(
                ensemble.unknown_path, ensemble.targets[0].classes, held_out
            ),
            splits[""],
            results[""],
            held_out,
            settings,
        )
    figures = run_evaluation.figures_folder(folder)
    with style.captioned(
        run_evaluation.caption(together.seen, settings, together.split_by)
    ):
        for name, result in results.items():
            result["figures"] = run_evaluation.draw(figures, name, splits[name], result)
    main = results[""]
    main["ensemble"] = _of_ensemble(ensemble, together, splits[""], settings)
    if together.seen:
        main["seen_patients"] = together.seen
    main |= split_by_image.entry(together.split_by)
    return run_evaluation.save(folder, run_evaluation.with_further(results))


def _folds(ensemble: Ensemble, read: Predictions, result: dict) -> dict:
    """`folds`, where members are cross-validations."""
    names = [fold for fold in ensemble.folds if fold in read.fold] if read.fold else []
    if ensemble.folds == ("",) or not names:
        return {}
    rows = {
        fold: [i for i, own in enumerate(read.fold) if own == fold] for fold in names
    }
    parts = [levels(take(read, rows[fold])) for fold in names]
    return {"folds": fold_results.table(names, parts, shown_level(result))}


def _of_ensemble(
    ensemble: Ensemble,
    together: Joined,
    splits: Mapping,
    settings: Settings,
) -> dict:
    best = gain.best_member(together.validation(""), ensemble.names)
    content = {
        "rule": ensemble.rule,
        "members": list(ensemble.names),
        "joined_by": ensemble.joined_by,
        "patients": {split: together.abstentions(split) for split in splits},
        "left_out": together.left_out,
        "best_member": best,
    }
    if rules.named(ensemble.rule).fit is not None:
        content["fitted"] = dict(ensemble.fitted[""])
    if best["name"] is None:
        content["conclusion"] = f"no gain can be told: {best['reason']}"
        return content
    split = list(splits)[-1]
    mine = splits[split].sample
    number = ensemble.names.index(best["name"])
    theirs = of_split(together.member("", number), split)
    found = gain.gains(mine, theirs, confidence=settings.confidence)
    content["gain"] = {"split": split, "by_objective": found}
    content["conclusion"] = (
        f"{split}: {gain.conclusion(found, best['name'], settings.confidence)}"
    )
    return content


def text(content: dict) -> str:
    """What `ensemble` of metrics.json says, for the terminal.

    Args:
        content: that entry.
    """
    lines = [f"rule {content['rule']}, members {', '.join(content['members'])}"]
    lines += [
        _fitted_text(fold, fitted, content["members"])
        for fold, fitted in content.get("fitted", {}).items()
    ]
    for split, counts in content["patients"].items():
        if split == "train":
            continue
        number = len(content["members"])
        fewer = {n: count for n, count in counts.items() if int(n) < number}
        lines += [
            f"{split}: patients that {n} of {number} members predict: {count}"
            for n, count in fewer.items()
        ]
    if content["left_out"]:
        lines.append(
            f"left out: {content['left_out']} patients who validate one member and "
            "train another"
        )
    best = content["best_member"]
    if best["name"] is not None:
        title = gain.TITLES[best["objective"]]
        values = ", ".join(f"{name} {v:.3f}" for name, v in best["values"].items())
        lines.append(f"best member by validation {title}: {best['name']} ({values})")
    if "fitted" in content:
        lines.append(
            "the rule learned on the validation split, so its figures there flatter"
        )
    return "\n".join([*lines, content["conclusion"]])


def _fitted_text(fold: str, fitted: dict, names: list) -> str:
    start = f"fold {fold}: " if fold else ""
    if "weights" in fitted:
        shares = zip(names, fitted["weights"], strict=True)
        return f"{start}weights " + ", ".join(f"{n} {w:.3f}" for n, w in shares)
    rows = len(fitted["coefficients"]), len(fitted["coefficients"][0])
    return f"{start}stacking model of {rows[0]} x {rows[1]} coefficients"
