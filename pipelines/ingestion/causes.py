"""Studies that are left out, by their cause: one line for all that share one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.cohort.inclusion import CRITERIA, UNITS
from pipelines.ingestion.work_item import Rejection

_SHOWN = 8  # kinds of what was there instead
# What a line says of a code, and the words before what was there instead.
_WORDINGS = {
    "missing_sequence": ("{subject} matches nothing", "they hold"),
    "ambiguous_sequence": ("ambiguous series for {subject}", "they hold"),
    "plane": ("{subject} has slices in another plane", "it is"),
    "too_few_slices": ("{subject} has too few slices", "it has"),
    "small_matrix": ("{subject} has too small a matrix", "it has"),
    "unknown_class": ("{subject} is no class of the task", "received"),
    "bad_value": ("{subject} is no valid value", "received"),
    "unknown_level": ("{subject} is no level of the task", "received"),
    "unexpected": ("reading ended in {subject}", "received"),
}


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why some studies are left out.

    Args:
        code, subject: of all of them, see `StudyError`.
        excluded: by a criterion of the task, so nobody's fault.
        number: of studies.
        example: the first of them.
        instead: what was there in the place of the subject, and in how many studies,
            most frequent first. Private, as the example is.
    """

    code: str
    subject: str
    excluded: bool
    number: int
    example: Rejection
    instead: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def meaning(self) -> str:
        """The cause in words of ours and of the task file, nothing private."""
        if self.code in _WORDINGS and self.subject:
            return _WORDINGS[self.code][0].format(subject=self.subject)
        named = f" ({self.subject})" if self.subject else ""
        return CRITERIA.get(self.code, self.code.replace("_", " ")) + named

    def text(self, unit: str) -> str:
        """One line for the terminal; it shows the user's own ids.

        Args:
            unit: of the task.
        """
        word = "excluded" if self.excluded else "rejected"
        one, several = UNITS[unit]
        example = self.example
        whose = example.whose if self.instead else example.private
        return (
            f"{self.number} {one if self.number == 1 else several} {word}: "
            f"{self.meaning}{self._instead()}. {example.cure}. "
            f"E.g. {whose}: {example.shown or example.problem}"
        )

    def _instead(self) -> str:
        if not self.instead:
            return ""
        before = _WORDINGS.get(self.code, ("", "there is"))[1]
        kinds = list(self.instead.items())
        shown = [
            kind + (f" ({number})" if number < self.number else "")
            for kind, number in kinds[:_SHOWN]
        ]
        if kinds[_SHOWN:]:
            shown.append(f"and {len(kinds) - _SHOWN} other kinds")
        return f"; {before} {'; '.join(shown)}"


def causes(rejections: Iterable[Rejection]) -> tuple[Cause, ...]:
    """Rejections by code and subject: faults first, then the most frequent first.

    Args:
        rejections: of a `Cohort`, of a real ingest, or of one's making by `rejected`.
    """
    groups: dict[tuple[bool, str, str], list[Rejection]] = {}
    for left in rejections:
        key = (left.excluded, left.code, left.subject)
        groups.setdefault(key, []).append(left)
    ordered = sorted(groups.items(), key=lambda item: (item[0][0], -len(item[1])))
    return tuple(
        Cause(
            code=code,
            subject=subject,
            excluded=excluded,
            number=len(members),
            example=members[0],
            instead=_counted(members),
        )
        for (excluded, code, subject), members in ordered
    )


def _counted(members: Iterable[Rejection]) -> dict[str, int]:
    numbers = Counter(kind for left in members for kind in {*left.instead})
    return dict(sorted(numbers.items(), key=lambda item: (-item[1], item[0])))
