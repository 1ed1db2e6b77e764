"""What a split knows of a patient, and what it says of one."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_PARTS, _PATIENTS = 4, 10  # of a number's range at most; of a part at least


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What a split looks at.

    Args:
        patient_id: pseudonym.
        stratum: the class that the split is balanced by; see `strata` and `quarters`.
        classes: all classes of the patient's studies; empty = the stratum alone.
        site: pseudonym of the site; only a split by site needs it.
        role: `"train_only"` keeps the patient out of every evaluation; "" = none.
        official: the source's own split; only an official split needs it.
        labelled: whether a study has a label; if none has, the patient is set apart.
    """

    patient_id: str
    stratum: str = ""
    classes: tuple[str, ...] = ()
    site: str = ""
    role: str = ""
    official: str = ""
    labelled: bool = True

    def __post_init__(self):
        if self.role not in ("", "train_only"):
            raise ValueError(f"role is 'train_only' or ''. Received: {self.role!r}")


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Where a patient belongs.

    Args:
        split: train, validation, test, fold, holdout, site, site_validation or
            unlabelled.
        fold: number of the fold from 0, or pseudonym of the site; else "".
    """

    split: str
    fold: str = ""

    @property
    def group(self) -> str:
        """Name of the group of shards, e.g. `"train"`, `"fold-3"`."""
        return f"{self.split}-{self.fold}" if self.fold else self.split


def strata(classes: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The rarest class of each patient, for patients whose studies differ in class.

    Args:
        classes: of all the studies of each patient.
    """
    kinds = {patient: set(names) for patient, names in classes.items()}
    patients = Counter(name for names in kinds.values() for name in names)
    return {
        patient: min(names, key=lambda name: (patients[name], name), default="")
        for patient, names in kinds.items()
    }


def quarters(numbers: Mapping[str, float]) -> dict[str, str]:
    """Which part of the cohort's numbers each patient's lies in: `"1"` the lowest.

    Four parts of about as many patients each; of fewer than 40 patients so many that
    each has ten or more, for where a part has fewer the split's shares can't be kept.

    Args:
        numbers: of each patient; NaN = not known, and then the part is `""`.
    """
    known = [name for name, number in numbers.items() if not math.isnan(number)]
    known.sort(key=lambda name: (numbers[name], name))
    parts = min(_PARTS, len(known) // _PATIENTS)
    quarter = dict.fromkeys(numbers, "")
    if parts > 1:
        for place, name in enumerate(known):
            quarter[name] = str(place * parts // len(known) + 1)
    return quarter
