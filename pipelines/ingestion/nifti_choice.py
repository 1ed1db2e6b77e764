"""What NIfTI files say of themselves, held against a task: headers and sidecars."""

from collections.abc import Mapping
from functools import partial

from pipelines.cohort import inclusion, trace
from pipelines.cohort.b_values import b_values
from pipelines.ingestion.work_item import NiftiSource
from pipelines.readers import nifti, nifti_shells
from pipelines.readers.nifti_shells import Shell
from pipelines.tasks.task import Task


def check_acquired(
    sources: Mapping[str, NiftiSource], task: Task, *, others: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Whether the files fit the criteria of the task; no voxel is read.

    Args:
        sources: by sequence.
        others: sequences of the study that the task does not name.

    Returns:
        What was made of several frames, for the manifest.

    Raises:
        StudyError: of headers, frames, sidecars, b-values, directions or criteria.
    """
    measured, stated, shells = {}, {}, {}
    for name, source in sources.items():
        header = nifti.header(source.path)
        where, frames = source.path, header.frames
        if source.b_value is None:
            stated[name] = nifti_shells.b_value_of(
                where, frames, frame=source.frame, b_value=None
            )
        else:
            shells[name] = nifti_shells.shell(where, frames, source.b_value)
            stated[name] = shells[name].b_value
        rows, columns = header.matrix
        measured[name] = inclusion.Acquired(
            plane=header.plane, slices=header.slices, rows=rows, columns=columns
        )
    inclusion.check(measured, task, others=others)
    b_values(stated, task)
    for name, shell in shells.items():
        _check_directions(name, shell, task, sources[name].path)
    made = {name: _provenance(shell) for name, shell in shells.items()}
    return tuple(f"{name}: {text}" for name, text in made.items() if text)


def _check_directions(name: str, shell: Shell, task: Task, path: str) -> None:
    number = len(shell.gradients)
    if number == 1:
        return
    wanted = {one.name: one.directions for one in task.sequences}
    trace.check_directions(
        shell.gradients,
        number=number,
        b_value=shell.b_value,
        sequence=name,
        # A lone series has no sequence yet; who names a shell asks for its mean.
        directions="trace" if task.unit == "series" else wanted[name],
        refuse=partial(nifti_shells.refuse, path),
    )


def _provenance(shell: Shell) -> str:
    """What is to be said of an image of several frames, or of one direction."""
    number, first = len(shell.gradients), shell.gradients[0]
    directional = first is not None and first.kind == "directional"
    if directional and (number > 1 or len(shell.frames) == 1):
        return trace.of_directions(number, shell.b_value)
    if len(shell.frames) > 1:
        return (
            f"geometric mean over {len(shell.frames)} repeated images at "
            f"b = {shell.b_value:.10g}"
        )
    return ""
