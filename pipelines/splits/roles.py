"""What each group of a data set is for, in one run: training, validation or test."""

from collections.abc import Iterable

from pipelines.errors import DataError, UsageError
from pipelines.pseudonyms import with_letter
from pipelines.splits.unlabelled import UNLABELLED
from pipelines.tasks.task import Split

SITE = "site-"
SITE_VALIDATION = "site_validation-"
UNLABELLED_SITE = f"{UNLABELLED}-"
UNUSED = "unused"


def roles(
    groups: Iterable[str], plan: Split, fold: str | None = None
) -> dict[str, str]:
    """The role of every group: `"train"`, `"validation"`, `"test"` or `"unlabelled"`.

    Fractions and official splits are what their names say. Fold i of k folds is the
    test set and fold i + 1 (the first after the last) the validation set; with a
    hold-out set that one is the test set and fold i the validation set, and so it is
    where the folds validate alone and there is no test set. Leaving out site s, all its
    patients are the test set, and the `site_validation` patients of the other sites
    validate. Patients of the group `train` always train, whatever their site. Those
    without a label have a role of their own, in every fold the same; but those of a
    site that is left out are `"unused"`.

    Args:
        groups: names of the data set's groups, e.g. `"fold-3"`.
        fold: which fold, or which site by its pseudonym, which may be written as
            before.

    Raises:
        UsageError: a fold that is missing, unknown, or named where there are none.
        DataError: a group that the plan does not have.
    """
    groups = tuple(groups)
    if plan.kind in ("fractions", "official"):
        if fold is not None:
            raise UsageError(
                f"the data set is split by {plan.kind} and has no folds. "
                f"Received: fold={fold}"
            )
        named = {name: name for name in ("train", "validation", "test", UNLABELLED)}
        return {group: _known(named, group, plan) for group in groups}
    if plan.kind != "site":
        return _by_fold(groups, plan, fold)
    return _by_site(groups, plan, None if fold is None else with_letter(fold))


def fold_names(groups: Iterable[str], plan: Split) -> tuple[str, ...]:
    """What `fold` may be: numbers of folds, or pseudonyms of sites; else nothing."""
    if plan.kind in ("folds", "validation_folds"):
        return tuple(str(number) for number in range(plan.folds))
    if plan.kind != "site":
        return ()
    sited = (name for name in groups if name.startswith((SITE, SITE_VALIDATION)))
    return tuple(sorted({group.partition("-")[2] for group in sited}))


def _by_fold(groups: tuple[str, ...], plan: Split, fold: str | None) -> dict[str, str]:
    _check_fold(fold, fold_names(groups, plan), "fold")
    named = {f"fold-{number}": "train" for number in range(plan.folds)}
    named |= {"train": "train", UNLABELLED: UNLABELLED}
    if plan.kind == "validation_folds":
        named |= {f"fold-{fold}": "validation"}
    elif plan.holdout > 0:
        named |= {f"fold-{fold}": "validation", "holdout": "test"}
    else:
        after = (int(fold) + 1) % plan.folds
        named |= {f"fold-{fold}": "test", f"fold-{after}": "validation"}
    return {group: _known(named, group, plan) for group in groups}


def _by_site(groups: tuple[str, ...], plan: Split, fold: str | None) -> dict[str, str]:
    sites = fold_names(groups, plan)
    _check_fold(fold, sites, "site")
    named = {SITE + site: "train" for site in sites}
    named |= {SITE_VALIDATION + site: "validation" for site in sites}
    named |= {SITE + fold: "test", SITE_VALIDATION + fold: "test", "train": "train"}
    unlabelled = (group for group in groups if group.startswith(UNLABELLED_SITE))
    named |= dict.fromkeys(unlabelled, UNLABELLED) | {UNLABELLED_SITE + fold: UNUSED}
    return {group: _known(named, group, plan) for group in groups}


def _check_fold(fold: str | None, known: tuple[str, ...], word: str) -> None:
    if fold not in known:
        options, received = "", repr(fold)
        if fold is None:
            options, received = f" (--fold {known[0]}), or all (--folds all)", "none"
        raise UsageError(
            f"name the {word} to test on: one of {', '.join(known)}{options}. "
            f"Received: {received}"
        )


def _known(named: dict[str, str], group: str, plan: Split) -> str:
    if group not in named:
        raise DataError(
            f"group {group!r} is none of a split by {plan.kind}, which has "
            f"{', '.join(sorted(named))}"
        )
    return named[group]
