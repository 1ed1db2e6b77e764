"""The predictions of members put together: by target and fold, then as one file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.ensembling import votes
from zoo.ensembling.member import Member
from zoo.ensembling.votes import Votes
from zoo.evaluation.predictions import average
from zoo.evaluation.predictions.predictions import Predictions, join
from zoo.runs import split_by_image

Says = Callable[[str, Votes], Predictions]  # of a fold, and of its votes


@dataclass(frozen=True, kw_only=True, eq=False)
class Joined:
    """What all members predicted.

    Args:
        patients: whether rows are patients, else samples.
        judged: the split of folds that pools to all patients; "" of single runs.
        by_target: by target and fold.
        split_by: `"image"` where a member's data set dealt images.
    """

    patients: bool
    judged: str
    by_target: Mapping[str, Mapping[str, Votes]]
    split_by: str = "patient"

    def predictions(self, target: str, says: Says) -> Predictions:
        """The predictions of one file.

        Of single runs all splits. Of cross-validations the split that pools to all
        patients, each by the members of its fold; where that is the validation split
        and patients were set aside, also their test split: the mean over the folds.

        Args:
            says: from the name of a fold and its votes to predictions.
        """
        by_fold = self.by_target[target]
        if not self.judged:
            ((fold, only),) = by_fold.items()
            return says(fold, only)

        def parts(split: str) -> list[Predictions]:
            found = ((fold, each.of_split(split)) for fold, each in by_fold.items())
            return [says(fold, each) for fold, each in found if len(each.rows)]

        pooled = join(parts(self.judged))
        held_out = parts("test") if self.judged == "validation" else []
        return join([pooled, average.mean(held_out)]) if held_out else pooled

    def member(self, target: str, number: int) -> Predictions:
        """What one member says alone, likewise."""
        return self.predictions(target, lambda _, each: each.member(number))

    def validation(self, target: str) -> list[list[Predictions]]:
        """What each member says of validation, by fold, of the patients of all members.

        Where members share no validation patient, each has its own.
        """
        by_fold = self.by_target[target]
        parts = [each.of_split("validation") for each in by_fold.values()]
        common = [part.take(np.flatnonzero(part.present.all(axis=0))) for part in parts]
        if all(len(part.rows) for part in common):
            parts = common
        return [
            [part.member(number) for part in parts]
            for number in range(len(parts[0].values))
        ]

    def abstentions(self, split: str) -> dict[str, int]:
        """Patients of a split by the number of members that predict them."""
        by_patient: dict[str, int] = {}
        for each in self.by_target[""].values():
            part = each.of_split(split)
            for patient, number in zip(
                part.rows.patient_id, part.present.sum(axis=0), strict=True
            ):
                known = by_patient.get(patient, int(number))
                by_patient[patient] = min(known, int(number))
        numbers = sorted(by_patient.values(), reverse=True)
        return {str(number): numbers.count(number) for number in dict.fromkeys(numbers)}

    @property
    def left_out(self) -> int:
        """Patients who validate one member and train another; of folds the most."""
        return max(each.left_out for each in self.by_target[""].values())

    @property
    def seen(self) -> dict[str, int]:
        """Patients by split who trained a member's first weights, as `Run` has them.

        Of folds the splits that are judged are added up.
        """
        counts: dict[str, int] = {}
        for each in self.by_target[""].values():
            for split, number in each.seen.items():
                if self.judged in ("", split):
                    counts[split] = counts.get(split, 0) + number
                elif split == "test" and self.judged == "validation":
                    counts[split] = max(counts.get(split, 0), number)
        return counts


def of_members(members: Sequence[Member]) -> Joined:
    """Reads and joins what the members predicted.

    By sample where all are of one data set; else by patient.

    Raises:
        DataError: a file that is missing or damaged, or what `votes.joined` refuses.
    """
    first = members[0]
    patients = len({member.run.data_digest for member in members}) > 1
    by_target = {}
    for number, output in enumerate(first.run.target_outputs):
        outputs = [member.run.target_outputs[number] for member in members]
        by_target[output.target.name] = {
            fold: votes.joined(
                [
                    member.predictions(fold, own)
                    for member, own in zip(members, outputs, strict=True)
                ],
                patients=patients,
                origins=[member.runs[fold].origin_patients for member in members],
                fold=fold,
            )
            for fold in first.folds
        }
    by_image = any(member.run.split_by == split_by_image.IMAGE for member in members)
    return Joined(
        patients=patients,
        judged=first.judged,
        by_target=by_target,
        split_by=split_by_image.IMAGE if by_image else "patient",
    )
