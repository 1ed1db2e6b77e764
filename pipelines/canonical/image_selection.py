"""Which of a study's images are used, and which one the grid follows."""

import numpy as np
import SimpleITK as sitk

from pipelines.cohort import inclusion
from pipelines.errors import StudyError
from pipelines.readers.volume import Study
from pipelines.tasks.task import Task


def usable_images(study: Study, task: Task) -> dict[str, sitk.Image]:
    """Images by sequence, in the task's order, without optional constant ones.

    Raises:
        StudyError: missing_sequence, one_series, nan_voxels, constant_image.
    """
    if task.unit == "series":
        if len(study.volumes) != 1:
            raise StudyError(
                code="one_series",
                problem="by series a sample has one volume. "
                f"Received: {len(study.volumes)}",
                cure="Give each series as a sample of its own",
                private=study.study_id,
            )
        (volume,) = study.volumes.values()
        images, required = {"series": volume.image}, {"series"}
    else:
        images = {name: v.image for name, v in study.volumes.items()}
        required = {s.name for s in task.sequences if s.required}
    missing = [name for name in task.acquired if name in required - images.keys()]
    if missing:
        raise StudyError(
            code="missing_sequence",
            problem=f"the study lacks {', '.join(missing)}",
            cure="Add it, or set required = false for the sequence in the task",
            private=study.study_id,
        )
    return {
        name: images[name]
        for name in task.acquired
        if name in images and _varies(images[name], name, name in required, study)
    }


def _varies(image: sitk.Image, name: str, required: bool, study: Study) -> bool:
    """Whether the image shows something. One that is optional may show nothing."""
    voxels = sitk.GetArrayViewFromImage(image)
    lowest, highest = voxels.min(), voxels.max()
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        broken = np.count_nonzero(~np.isfinite(voxels))
        raise StudyError(
            code="nan_voxels",
            problem=f"{broken} of {voxels.size} voxels of {name} are NaN or infinite",
            cure="Export or convert the sequence anew",
            private=study.study_id,
        )
    constant = bool(lowest == highest)
    if constant and required:
        raise StudyError(
            code="constant_image",
            problem=f"{name} shows nothing: every voxel is {lowest}",
            cure="Export the sequence anew, or leave the study out",
            private=study.study_id,
        )
    return not constant


def reference_name(images: dict[str, sitk.Image], task: Task) -> str:
    """The sequence whose frame the grid takes.

    Raises:
        StudyError: missing_sequence where there is no image at all, missing_reference.
    """
    inclusion.check_reference(images, task)
    return task.grid.reference or next(iter(images))
