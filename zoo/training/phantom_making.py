"""Makes the data set of a phantom cohort, as any data set is made."""

import hashlib
import os
import sys
from pathlib import Path

from pipelines.ingestion import ingest_cohort as ingestion
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.task import load


def make(records: Path, plan: Plan) -> Path:
    """Writes the cohort beside `records`, unless it is there, and ingests it.

    Args:
        records: where the data set is to be.

    Returns:
        `records`.
    """
    home = records.parent
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
