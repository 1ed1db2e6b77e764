"""From a source of studies to a task file that ingest takes."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.drafting import (
    channels,
    label_table,
    proof,
    survey,
)
from pipelines.drafting.channels import Offer
from pipelines.drafting.drafted_task import DraftedTask, drafted_task
from pipelines.drafting.label_table import LabelFacts
from pipelines.drafting.overview import CALLED, HEADINGS
from pipelines.drafting.page import Table
from pipelines.drafting.questions import Asker, Question, read_answers
from pipelines.drafting.request import DraftRequest
from pipelines.drafting.survey import Survey
from pipelines.ingestion.check import Checked
from pipelines.storage import atomic_files
from pipelines.storage.executors import Processes
from pipelines.terminal.table import align

_COLUMN_HEADINGS = ("column", "holds", "values", "empty")
_PRIVATE = ("id", "text", "date")  # kinds of columns that a page does not name
_SHOWN, _SHOWN_CLASSES = 5, 12


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A task file that is written, and what ingest makes of it.

    Args:
        path: of the file.
        placeholder: whether its target is still to be named.
        open: what nobody answered.
    """

    path: Path
    placeholder: bool
    open: tuple[Question, ...]
    checked: Checked


def draft(
    request: DraftRequest,
    *,
    terminal: bool,
    progress: bool = False,
    show: Callable[[str], None],
) -> Draft:
    """Looks through the source, asks what it can't know, writes the task file.

    Args:
        terminal: whether somebody sits there to be asked.
        show: takes what is for the screen alone: it holds header text and ids.

    Raises:
        UsageError: an answer that is none, or to what is not asked.
        DataError: nothing in the source that a task could take, or a wrong table.
    """
    answers = read_answers(request.answers) if request.answers else {}
    asker = Asker(answers, terminal=terminal)
    there = _survey(request, progress=progress)
    offer = channels.of(there)
    show(_overview(there, offer))
    labels = None
    if request.labels is not None:
        labels = label_table.facts(request.labels, there.ids)
        show("\n".join(_of_labels(labels)))
    task = drafted_task(request.out.stem, there, offer, labels, asker)
    asker.check_used()
    checked = _written(request, task, there)
    _write_beside(request, there, offer, labels, task)
    return Draft(
        path=request.out,
        placeholder=task.placeholder,
        open=asker.open,
        checked=checked,
    )


def _written(request: DraftRequest, task: DraftedTask, there: Survey) -> Checked:
    """Writes the file when ingest has been asked about it, or not at all."""
    request.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.replacing(request.out) as aside:
        aside.write_text(task.text, encoding="utf-8", newline="")
        if task.placeholder:
            return proof.proof_without_target(task.provable, request, there.scan)
        return proof.proof(aside, request, there.scan)


def _survey(request: DraftRequest, *, progress: bool) -> Survey:
    if request.kind == "table":
        return survey.of_table(request.source)
    with Processes(request.workers) as processes:
        return survey.of_dicom(request.source, processes=processes, progress=progress)


def _overview(there: Survey, offer: Offer) -> str:
    """For the screen: what the headers call each row stands last."""
    headings, rows = HEADINGS, offer.overview.rows
    if offer.overview.called:
        headings = (*headings, CALLED)
        rows = [(*row, name) for row, name in zip(rows, offer.overview.called)]
    lines = [align([headings, *rows])]
    lines += [
        f"ignored: {number} files, {why}" for why, number in there.ignored.items()
    ]
    return "\n".join([*lines, there.text])


def _of_labels(labels: LabelFacts) -> Iterator[str]:
    """For the screen: the columns, and ids that don't meet."""
    yield ""
    yield align([_COLUMN_HEADINGS, *_columns(labels)])
    yield (
        f"{labels.matched} studies have a row of {labels.path}, by its column "
        f"{labels.key_column!r}: {labels.reason}"
    )
    for ids, what in (
        (labels.unmatched_rows, "rows belong to nobody in the source"),
        (labels.without_row, "have no row"),
    ):
        if ids:
            shown = ", ".join(ids[:_SHOWN]) + (", ..." if len(ids) > _SHOWN else "")
            yield f"{len(ids)} {what}: {shown}"
    yield from labels.notes


def _columns(labels: LabelFacts) -> Iterator[tuple[str, ...]]:
    for column in labels.columns:
        what = ", ".join(f"{value} {n}" for value, n in column.values[:_SHOWN_CLASSES])
        if column.low is not None and column.high is not None:
            what = f"{column.low:g} to {column.high:g}"
        yield column.name, column.kind, what, str(column.missing or "")


def _write_beside(
    request: DraftRequest,
    there: Survey,
    offer: Offer,
    labels: LabelFacts | None,
    task: DraftedTask,
) -> None:
    """The picture sheet and the page, where they are wanted."""
    if request.sheet is None and request.html is None:
        return
    from pipelines.drafting import page, picture_sheet, pictures  # Matplotlib

    if offer.kinds:
        shown = pictures.of_kinds(offer.kinds)
    else:
        shown = pictures.of_rows(row for rows in there.rows.values() for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        sheet = None
        if shown:
            sheet = request.sheet or Path(folder) / "sheet.png"
            picture_sheet.write(sheet, shown)
        if request.html is not None:
            page.write(
                request.html,
                title=f"{request.out.stem}: what there is, and a task for it",
                tables=list(_tables(offer, labels)),
                sheet=sheet,
                task_text=task.text,
            )


def _tables(offer: Offer, labels: LabelFacts | None) -> Iterator[Table]:
    yield Table(title="Series", columns=HEADINGS, rows=offer.overview.rows)
    if labels is not None:
        rows = tuple(row for row in _columns(labels) if row[1] not in _PRIVATE)
        yield Table(title="Columns of the labels", columns=_COLUMN_HEADINGS, rows=rows)
