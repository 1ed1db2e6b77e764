"""The data of a first run: a phantom cohort, written as DICOM and ingested as usual."""

import sys
from pathlib import Path

from pipelines.phantoms.plan import Plan
from pipelines.storage import config_files, output_paths

PLAN = Plan()


def data_set(directory: Path = Path("datasets"), plan: Plan = PLAN) -> Path:
    """The data set of the phantom cohort; made on the first call, then reused.

    Everything lies in `directory/phantom-<digest of the plan>/`: `cohort/` (DICOM
    files, labels.csv, task.toml), `records/` (the data set) and the key. Cohort and
    data set appear whole or not at all, so what is there can be taken as it is.

    Returns:
        The path of the data set.

    Raises:
        UsageError: it can't be written there.
    """
    home = directory / f"phantom-{config_files.digest(plan)[:8]}"
    records = home / "records"
    if records.exists():
        print(
            f"Data: the phantom cohort that was ingested before, in {records}",
            file=sys.stderr,
            flush=True,
        )
        return records
    output_paths.check_directory(records, "the phantom cohort, as no --data is named,")
    from zoo.training import phantom_making  # what reads and writes DICOM

    return phantom_making.make(records, plan)
