"""An upload as records: the code of `zoo.predict`, in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.cohort import new_covariates
from pipelines.errors import DataError, StudyError, UsageError, ZooError
from pipelines.ingestion import new_study
from pipelines.ingestion.natural_order import natural
from pipelines.ingestion.new_study import NewStudy
from pipelines.readers.dicom.scan import NAME_THE_FOLDER
from pipelines.tasks.task import Task
from zoo.serving.page import file_names, kinds, nifti_files, zip_files
from zoo.serving.page.kinds import Wanted
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.made_studies import MadeStudy, ReadStudies, without_private
from zoo.serving.page.manifest import Manifest
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.zip_files import Room

_DROP_A_STUDY = (
    "Drop the folder or the zip file of a DICOM export, or NIfTI files (.nii, "
    ".nii.gz); photographs and documents are no studies"
)


@dataclass(frozen=True, kw_only=True)
class ReadTask:
    """A task whose records are wanted.

    Args:
        input: the name of the model's input that takes them; "" of a model of one task.
        covariates: names of those that its networks see.
    """

    input: str
    task: Task
    covariates: tuple[str, ...] = ()


def prepare(
    folder: Path,
    uploaded: Manifest,
    tasks: Sequence[ReadTask],
    wanted: Wanted,
    limits: PageLimits,
) -> list[ReadStudies]:
    """The records of all studies of an upload, for each task.

    Args:
        folder: private; `received` in it holds the files, named by their number.
        wanted: of all tasks together.

    Raises:
        UploadError: the upload as a whole is refused.
    """
    names = _unpacked(folder, uploaded, limits)
    kinds.check(
        [*names],
        wanted,
        sequences=uploaded.sequences,
        mask=uploaded.mask,
        covariates=uploaded.covariates,
    )
    room = _room(limits)
    volumes = {volume.file for volume in uploaded.sequences.values()}
    for name in {*volumes, *([uploaded.mask] if uploaded.mask else [])}:
        names[name] = nifti_files.unpacked(names[name], folder, limits, room)
    for name in volumes:
        nifti_files.bring_sidecars(name, names)
    try:
        if uploaded.sequences:
            return [_of_nifti(uploaded, names, task) for task in tasks]
        mask = None if uploaded.mask is None else names.pop(uploaded.mask)
        _in_order(folder / "study", names)
        return [_of_dicom(folder, uploaded, [*names], mask, task) for task in tasks]
    except UploadError:
        raise
    except StudyError as error:
        raise UploadError("unusable", f"{error.problem}. {error.cure}") from error
    except ZooError as error:
        raise UploadError("unusable", _without(str(error), folder)) from error


def _room(limits: PageLimits) -> Room:
    return Room(bytes_left=limits.total_bytes, files_left=limits.files)


def _unpacked(folder: Path, uploaded: Manifest, limits: PageLimits) -> dict[str, Path]:
    """By its owner's name every file, archives unpacked, in the order of people."""
    room, received = _room(limits), folder / "received"
    aside = folder / "unpacked"
    aside.mkdir(mode=0o700)
    files: dict[str, Path] = {}
    for number, file in enumerate(uploaded.files):
        path = received / f"{number:06d}"
        if not file_names.is_archive(file.name):
            if not file_names.is_clutter(file.name):
                files[file.name] = path
            continue
        members = zip_files.unpack(path, aside, limits, room, start=len(files))
        path.unlink()
        within = "" if len(uploaded.files) == 1 else f"{file.name}/"
        files |= {within + name: path for name, path in members}
    if not files:
        raise UploadError("no_files", "there is no file in it. Drop a study")
    return dict(sorted(files.items(), key=lambda item: natural(item[0])))


def _in_order(target: Path, names: Mapping[str, Path]) -> None:
    """Gives files names by which they come in their order; folders say nothing."""
    target.mkdir(mode=0o700)
    for number, path in enumerate(names.values()):
        path.rename(target / f"{number:06d}")


def _of_nifti(
    uploaded: Manifest, names: Mapping[str, Path], task: ReadTask
) -> ReadStudies:
    """The one study of named files, as far as they are of this task."""
    files = {
        sequence: f"{names[volume.file]}{volume.part}"
        for sequence, volume in uploaded.sequences.items()
        if sequence in task.task.acquired
    }
    if not files:
        return ReadStudies(input=task.input)
    made = new_study.nifti_record(
        files,
        task.task,
        covariates=_covariates(uploaded, task),
        mask=names[uploaded.mask] if _wants(task, uploaded) else None,
    )
    return ReadStudies(
        input=task.input, studies=(MadeStudy(made=without_private(made)),)
    )


def _of_dicom(
    folder: Path,
    uploaded: Manifest,
    names: Sequence[str],
    mask: Path | None,
    task: ReadTask,
) -> ReadStudies:
    """Every study of DICOM files, or every series where that is the unit."""
    try:
        studies = [
            *new_study.dicom_studies(
                folder / "study",
                task.task,
                covariates=_covariates(uploaded, task),
                masks=str(mask) if _wants(task, uploaded) else None,
            )
        ]
        if len(studies) > 1 and uploaded.covariates:
            raise _several_studies()
        return ReadStudies(input=task.input, studies=tuple(_made(studies, names)))
    except UsageError as error:  # one mask of several studies
        raise _several_studies() from error
    except DataError as error:
        return ReadStudies(input=task.input, error=_without(str(error), folder))


def _several_studies() -> UploadError:
    return UploadError(
        "several_studies",
        "the covariates or the mask are of one study, and several were dropped. Drop "
        "one study at a time",
    )


def _made(studies: Sequence[NewStudy], names: Sequence[str]) -> Iterator[MadeStudy]:
    for study in studies:
        numbers = [
            int(os.path.basename(frame.path))
            for series in study.series
            for frame in series.frames
        ]
        yield MadeStudy(
            made=without_private(study.make()),
            folder=_common_folder([names[n] for n in numbers]),
        )


def _common_folder(names: Sequence[str]) -> str:
    folders = [PurePosixPath(name.replace("\\", "/")).parent.parts for name in names]
    shared = os.path.commonprefix(folders) if folders else ()
    return "/".join(shared)


def _covariates(
    uploaded: Manifest, task: ReadTask
) -> Callable[[Mapping[str, str]], tuple[float, ...]] | None:
    if not task.covariates:
        return None
    cells = {name: uploaded.covariates[name] for name in task.covariates}
    return lambda _: new_covariates.named(cells, task.task, task.covariates)


def _wants(task: ReadTask, uploaded: Manifest) -> bool:
    return task.task.steps.wants_mask and uploaded.mask is not None


def _without(message: str, folder: Path) -> str:
    """A message for the page, without the place where files lay for a moment."""
    message = message.replace(NAME_THE_FOLDER, _DROP_A_STUDY)
    for place in (folder / "study", folder):
        message = message.replace(os.fspath(place), "what was dropped")
    return message
