"""A disarranged cohort of three vendors, written once, and drafts of it."""

from pathlib import Path

import pytest

from pipelines.drafting.request import DraftRequest
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan

PLAN = Plan(
    patients=4,
    sequences=("T2WI", "T1WI", "DWI", "ADC"),
    slices=(4, 5),
    matrix=(16, 20),
    seed=0,
    disarranged=True,
)


@pytest.fixture(scope="session")
def disarranged(tmp_path_factory) -> Path:
    """`dicom/` and `labels.csv` of patients of three vendors; not to be changed."""
    return cohort.write(tmp_path_factory.mktemp("disarranged") / "cohort", plan=PLAN)


@pytest.fixture
def request_of(tmp_path, disarranged):
    """Makes the request for a draft of it; keyword arguments replace fields."""

    def make(**changes) -> DraftRequest:
        fields = {
            "kind": "dicom",
            "source": disarranged / "dicom",
            "labels": disarranged / "labels.csv",
            "out": tmp_path / "task.toml",
        }
        return DraftRequest(**(fields | changes))

    return make
