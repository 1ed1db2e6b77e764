"""The data of a first run: a phantom cohort, written as DICOM and ingested as usual."""

import hashlib
import os
import sys
from pathlib import Path

from pipelines.ingestion import ingest_cohort as ingestion
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.examination import Plan
from pipelines.storage import atomic_files, config_files, output_paths
from pipelines.tasks.task import load

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
        _say(f"Data: the phantom cohort that was ingested before, in {records}")
        return records
    output_paths.check_directory(records, "the phantom cohort, as no --data is named,")
    workers = os.cpu_count() or 1
    source = home / "cohort"
    home.mkdir(parents=True, exist_ok=True)
    if not source.exists():
        _say(
            f"Data: none named, so {plan.patients} invented patients are written as "
            f"DICOM files to {source}"
        )
        cohort.write(source, plan=plan, workers=workers, progress=True)
    _say(f"Ingesting them, as any study, into {records}")
    request = Request(
        kind="dicom",
        source=source / "dicom",
        labels=source / "labels.csv",
        task=load(str(source / "task.toml")),
        out=records,
        key=_key(home / "phantom.key", plan),
        workers=workers,
    )
    result = ingestion.ingest(request, progress=True)
    _say(result.text())
    return result.path


def _key(path: Path, plan: Plan) -> Path:
    """A key that hangs on the plan alone: the same split and result everywhere.

    The patients are invented, so there is nobody whose name a secret would protect.
    """
    if not path.exists():
        secret = hashlib.sha256(config_files.digest(plan).encode()).hexdigest()
        atomic_files.write_private(path, secret + "\n")
    return path


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
