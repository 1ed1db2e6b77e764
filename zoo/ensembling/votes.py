"""What members predicted for the same samples or patients, side by side."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.predictions.predictions import SPLITS, Predictions, take

_JUDGED = ("validation", "test")


@dataclass(frozen=True, kw_only=True, eq=False)
class Votes:
    """What M members say of N samples.

    Args:
        rows: ids, splits and truth of the samples; its outputs are those of the first
            member that says something.
        values: of the output that a prediction shows, `[M, N, K]`, NaN = the member
            has no prediction: it abstains.
        left_out: patients who validate a member and train another.
        seen: patients of a split who trained the first weights of a member, by split.
    """

    rows: Predictions
    values: np.ndarray
    left_out: int = 0
    seen: dict[str, int] = dataclasses.field(default_factory=dict)

    def of_split(self, split: str) -> "Votes":
        """The samples of one split."""
        rows = np.flatnonzero(np.array(self.rows.split) == split)
        return self.take(rows)

    def take(self, rows: np.ndarray) -> "Votes":
        """These samples."""
        return dataclasses.replace(
            self, rows=take(self.rows, rows), values=self.values[:, rows]
        )

    def predictions(self, answers: np.ndarray) -> Predictions:
        """Answers `[N, K]` as predictions; logits are those of the answer."""
        kind = self.rows.kind
        outputs = kind.average_logits({kind.shown: answers})
        return dataclasses.replace(self.rows, outputs=outputs)

    def member(self, number: int) -> Predictions:
        """What one member says, of those samples where it says something."""
        there = np.flatnonzero(~np.isnan(self.values[number]).any(axis=1))
        return self.take(there).predictions(self.values[number, there])

    @property
    def present(self) -> np.ndarray:
        """Whether a member says something, bool `[M, N]`."""
        return ~np.isnan(self.values).any(axis=2)

    @property
    def counts(self) -> np.ndarray:
        """What each sample counts `[N]`: the samples of a patient 1 together."""
        patient = np.array(self.rows.patient_id)
        _, index, number = np.unique(patient, return_inverse=True, return_counts=True)
        return 1 / number[index]


def joined(
    parts: Sequence[Predictions],
    *,
    patients: bool,
    origins: Sequence[Collection[str]],
    fold: str = "",
) -> Votes:
    """What members predicted, joined by sample or by patient.

    A patient's split is the one that it has in all members which know it. One who
    validates a member and trains another is left out.

    Args:
        parts: of one target, all splits, a member each.
        patients: whether rows are patients, of a member the mean of their samples.
        origins: by member the patients who trained the run that its first weights come
            from.
        fold: that all of them left out.

    Raises:
        DataError: a patient tests one member and trains or validates another, or has
            another truth in another member; samples of a patient that differ in truth
            where rows are patients.
    """
    if patients:
        parts = [by_patient(part) for part in parts]
    splits, left_out = _splits(parts)
    seen = _seen(parts, splits, origins)
    kept = [
        sample
        for sample, patient in dict(_samples(parts)).items()
        if patient not in left_out
    ]
    row = {sample: number for number, sample in enumerate(kept)}
    first = parts[0]
    values = np.full((len(parts), len(kept), len(first.names)), np.nan)
    truth = np.full((len(kept), first.truth.shape[1]), np.nan)
    patient_id = [""] * len(kept)
    contrary = set()
    for number, part in enumerate(parts):
        own = [i for i, sample in enumerate(part.sample_id) if sample in row]
        places = np.array([row[part.sample_id[i]] for i in own], int)
        values[number, places] = part.outputs[part.kind.shown][own]
        known, theirs = truth[places], part.truth[own]
        other = (known != theirs) & ~np.isnan(known) & ~np.isnan(theirs)
        contrary |= {part.patient_id[own[i]] for i in np.flatnonzero(other.any(1))}
        truth[places] = np.where(np.isnan(known), theirs, known)
        for place, i in zip(places, own, strict=True):
            patient_id[place] = part.patient_id[i]
    if contrary:
        raise DataError(
            f"{len(contrary)} patient(s) have another truth in another member, e.g. "
            f"{min(contrary)}. Mend the label tables, ingest again and train anew"
        )
    kind = first.kind
    filler = np.nan_to_num(values[np.isnan(values).all(2).argmin(0), range(len(kept))])
    rows = Predictions(
        sample_id=tuple(kept),
        patient_id=tuple(patient_id),
        split=tuple(splits[patient] for patient in patient_id),
        fold=(fold,) * len(kept),
        kind=kind,
        names=first.names,
        truth=truth,
        outputs=kind.average_logits({kind.shown: filler}),
    )
    return Votes(rows=rows, values=values, left_out=len(left_out), seen=seen)


def _samples(parts: Sequence[Predictions]):
    """Each sample and its patient, by part."""
    for part in parts:
        yield from zip(part.sample_id, part.patient_id, strict=True)


def _splits(parts: Sequence[Predictions]) -> tuple[dict[str, str], set[str]]:
    """The split of every patient; and those who validate one member and train another.

    Raises:
        DataError: a patient tests one member and trains or validates another.
    """
    roles: dict[str, set[str]] = {}
    for part in parts:
        for patient, split in zip(part.patient_id, part.split, strict=True):
            roles.setdefault(patient, set()).add(split)
    leaking = sorted(p for p, of in roles.items() if "test" in of and len(of) > 1)
    if leaking:
        raise _leak(leaking, "train or validate another")
    left_out = {patient for patient, of in roles.items() if len(of) > 1}
    splits = {p: next(s for s in SPLITS if s in of) for p, of in roles.items()}
    return splits, left_out


def _seen(
    parts: Sequence[Predictions],
    splits: dict[str, str],
    origins: Sequence[Collection[str]],
) -> dict[str, int]:
    """Patients of each split that is judged who trained a member's first weights.

    Raises:
        DataError: they are none of that member's own, which was allowed to know them.
    """
    seen: dict[str, set[str]] = {split: set() for split in _JUDGED}
    for part, origin in zip(parts, origins, strict=True):
        own = set(part.patient_id)
        known = {patient for patient in origin if splits.get(patient) in _JUDGED}
        leaking = sorted(known - own)
        if leaking:
            raise _leak(leaking, "trained the run that another's weights come from")
        for patient in known:
            seen[splits[patient]].add(patient)
    return {split: len(patients) for split, patients in seen.items() if patients}


def _leak(patients: Sequence[str], what: str) -> DataError:
    return DataError(
        f"{len(patients)} patient(s) judge one member and {what}, e.g. {patients[0]}, "
        "so the ensemble would be judged by patients it knows. Train the members on "
        "one split: of one data set the same fold; of several, ingest the later ones "
        "with --extend FIRST --absent drop"
    )
