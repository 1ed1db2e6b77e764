"""A split that the classes of a cohort can carry."""

from collections.abc import Mapping
from dataclasses import dataclass

_TEST = 0.15  # the share of a test set, and of validation
_ENOUGH = 10  # patients of the rarest class in a test set: fewer say too little
_FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class SplitProposal:
    """Who trains, who validates, who tests.

    Args:
        text: `[split]` as TOML.
        reason: in a sentence, as the text has it in a comment.
    """

    text: str
    reason: str


def propose(patients_by_class: Mapping[str, int], sites: int) -> SplitProposal:
    """Fractions where the rarest class fills a test set, folds where it does not.

    A class of one patient can't be in training and in test: then everybody trains. Of
    two, one trains and one validates, and nobody is tested.

    Args:
        patients_by_class: how many have each class; `""` counts those that have none,
            as where the target is a number.
        sites: how many the cohort comes from; 0 = not known.

    Raises:
        ValueError: no patients, or a class without any.
    """
    if not patients_by_class or min(patients_by_class.values()) < 1:
        raise ValueError(
            f"a split wants classes with patients. Received: {dict(patients_by_class)}"
        )
    named = {name: n for name, n in patients_by_class.items() if name}
    classes = named or patients_by_class
    fewest = min(classes.values())
    rarest = min(classes, key=lambda name: (classes[name], name))
    what = f"the smallest class, {rarest!r}," if rarest else "the cohort"
    keys, reason = _plan(fewest, what)
    lines = ["[split]", *_folded(reason), *keys, "seed = 0"]
    if sites > 1:
        lines += _folded(
            f'There are {sites} sites: kind = "site" tests each of them by a network '
            "that has seen none of it."
        )
    return SplitProposal(text="\n".join(lines) + "\n", reason=reason)


def _plan(fewest: int, rarest: str) -> tuple[list[str], str]:
    """The keys, and why they are so."""
    if fewest == 1:
        return ['kind = "fractions"', "train = 1.0"], (
            f"Everybody trains, for {rarest} has a single patient, who can't be in "
            "training and in test. For a test set, add patients, merge the class with "
            "another one, or give that patient the role train_only in the label file."
        )
    if fewest == 2:
        return ['kind = "validation_folds"', "folds = 2"], (
            f"Two halves of which each validates once, for {rarest} has two patients: "
            "nobody is tested."
        )
    if round(_TEST * fewest) >= _ENOUGH:
        shares = [f"train = {1 - 2 * _TEST:g}", f"validation = {_TEST}"]
        return ['kind = "fractions"', *shares, f"test = {_TEST}"], (
            f"Training, validation and test, for {rarest} has {fewest} "
            f"patients, and so {round(_TEST * fewest)} in the test set."
        )
    folds = min(_FOLDS, fewest)
    return ['kind = "folds"', f"folds = {folds}"], (
        f"Every patient is tested once, for {rarest} has {fewest} "
        f"patients: {_TEST:.0%} of them would be too few to test on."
    )


def _folded(text: str) -> list[str]:
    """Comments no longer than 88 letters."""
    lines = ["#"]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > 88:
            lines.append("#")
        lines[-1] += f" {word}"
    return lines
