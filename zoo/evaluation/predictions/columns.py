"""The header of a file of predictions: which columns it has and wants."""

from collections.abc import Sequence

from pipelines.errors import DataError
from zoo.evaluation.predictions.predictions import IDS, first_double
from zoo.targets.kind import TargetKind
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.ordinal import ORDINAL

LOGIT = "logit"
_MAY_LACK = ("split", "fold")  # of a file from elsewhere
_WORDS = {"target", *(word for kind in TARGET_KINDS.values() for word in kind.outputs)}


def columns(kind: TargetKind, names: Sequence[str]) -> list[str]:
    """The header of a whole file."""
    truth = ["label"] if kind.single_label else titles("target", names)
    outputs = (titles(word, names) for word in kind.outputs)
    return [*IDS, *truth, *(title for group in outputs for title in group)]


def titles(word: str, names: Sequence[str]) -> list[str]:
    """A column for every name: `prob:ill`."""
    return [f"{word}:{name}" for name in names]


def kind_of(header: Sequence[str], *, ordinal: bool) -> TargetKind:
    """The first kind whose outputs, or else whose truth, the header has.

    Args:
        ordinal: of classes, whether they are grades.

    Raises:
        DataError: grades are asked for, and there are no classes.
    """
    words = {title.partition(":")[0] for title in header}

    def fit(kind: TargetKind) -> tuple[bool, bool]:
        same_truth = kind.single_label == ("target" not in words)
        return not words.isdisjoint(kind.outputs), same_truth

    kind = max(TARGET_KINDS.values(), key=fit)
    if ordinal and not kind.single_label:
        raise DataError(
            "--ordinal is for classes, with the columns label and prob:<class>. "
            f"Received: columns of {kind.name}. Leave --ordinal out"
        )
    return ORDINAL if ordinal else kind


def names_of(header: Sequence[str], kind: TargetKind) -> tuple[str, ...]:
    """In the order of the header; of classes those that have a probability."""
    word = next(iter(kind.outputs)) if kind.single_label else "target"
    starts = (title.partition(":") for title in header)
    return tuple(name for start, _, name in starts if start == word)


def lacks_logits(header: Sequence[str], kind: TargetKind) -> bool:
    """Whether a kind that has logits has none in the file."""
    return LOGIT in kind.outputs and not any(
        title.startswith(f"{LOGIT}:") for title in header
    )


def further(header: Sequence[str], kind: TargetKind) -> list[str]:
    """Titles that say nothing of predictions: of age, scanner and the like."""
    known = {*columns(kind, ()), "label"}
    return [
        title
        for title in header
        if title and title not in known and title.partition(":")[0] not in _WORDS
    ]


def check_names(
    header: Sequence[str], kind: TargetKind, names: tuple[str, ...]
) -> None:
    """Refuses classes that are others than those of the data set."""
    of_file = names_of(header, kind)
    if kind.single_label and set(of_file) != set(names):
        raise DataError(
            f"the prob: columns are not the classes {names}. Received: {of_file}"
        )


def check_header(
    header: Sequence[str],
    kind: TargetKind,
    names: tuple[str, ...],
    *,
    from_elsewhere: bool,
) -> None:
    """Refuses a header with a missing, double or unknown column.

    Args:
        from_elsewhere: split, fold and all logits may be missing, and columns that say
            nothing of predictions be there.
    """
    name = "<class>" if kind.single_label else "<name>"
    wanted = {*columns(kind, names or (name,))}
    optional = set()
    if from_elsewhere:
        optional = {*_MAY_LACK}
        if lacks_logits(header, kind):
            optional |= {*titles(LOGIT, names or (name,))}
    missing = sorted(wanted - optional - {*header})
    if missing:
        raise DataError(
            f"missing column(s) {', '.join(missing)}. Received: {', '.join(header)}"
        )
    double = first_double([title for title in header if title])
    if double is not None:
        raise DataError(f"column {double!r} stands twice. It may stand once")
    allowed = {"", *further(header, kind)} if from_elsewhere else set()
    unknown = sorted({*header} - wanted - allowed)
    if unknown:
        right = ", ".join(columns(kind, (name,)))
        raise DataError(f"unknown column {unknown[0]!r}. Right are {right}")
