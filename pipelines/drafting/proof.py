"""What ingest makes of a drafted task: asked before anybody has to try."""

import contextlib
import io
import tempfile
from dataclasses import replace
from pathlib import Path

from pipelines.drafting.request import DraftRequest
from pipelines.ingestion.check import Checked, check
from pipelines.ingestion.request import SourceRequest
from pipelines.readers.dicom.scan import Scan
from pipelines.storage import atomic_files, csv_files
from pipelines.tasks.task import Split, Task, load

# Beside which nobody's id is; only there because a table wants a row.
_NOBODY = "nobody-of-the-cohort"
_UNUSED = "rows of the label file"


def proof(path: Path, request: DraftRequest, scan: Scan | None) -> Checked:
    """How many studies come in by a task file as it is.

    Args:
        path: of the file.
        scan: of its DICOM files; none = it has a table.
    """
    asked = _asked(load(str(path)), request, request.labels)
    return check(asked, scan=scan)


def proof_without_target(
    provable: str, request: DraftRequest, scan: Scan | None
) -> Checked:
    """How many studies come in, whatever the target will be that is still to be named.

    Everybody comes in without a label.

    Args:
        provable: the text of the task file with any target.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.toml"
        atomic_files.write_text(path, provable)
        task = replace(
            load(str(path)),
            covariates=(),
            covariate_levels={},
            missing_label="keep",
            split=Split(train=1.0),
        )
        labels = Path(folder) / "labels.csv"
        csv_files.write(labels, ("patient_id", "label"), [(_NOBODY, "")])
        with contextlib.redirect_stderr(io.StringIO()):  # a note on nobody's row
            checked = check(_asked(task, request, labels), scan=scan)
    left_out = checked.left_out
    skipped = {
        why: n for why, n in left_out.skipped.items() if not why.startswith(_UNUSED)
    }
    return replace(
        checked,
        flow=replace(checked.flow, unlabelled=0),
        left_out=replace(left_out, skipped=skipped),
        patients={},
        split_fault="" if checked.work_items else checked.split_fault,
    )


def _asked(task: Task, request: DraftRequest, labels: Path | None) -> SourceRequest:
    return SourceRequest(
        kind=request.kind,
        source=request.source,
        task=task,
        labels=labels,
        workers=request.workers,
    )
