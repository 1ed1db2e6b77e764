"""What a header says of a study that is nobody's name."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Header facts that may leave ingest: an allow-list, nothing that names a patient.

    Args:
        vendor: manufacturer in one lower-case word, e.g. `"siemens"`; "" = unknown.
        site: pseudonym of the institution; "" = unknown.
        age_band: decade of age, e.g. `"60-69"`, and `"90+"` from 90 years on.
    """

    vendor: str = ""
    field_strength_t: float | None = None
    site: str = ""
    sex: str = ""  # F, M, O
    age_band: str = ""
