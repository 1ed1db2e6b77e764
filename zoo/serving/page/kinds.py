"""What an upload is: DICOM, or NIfTI files of which somebody says what each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.readers import nifti_sidecars
from zoo.serving.page import file_names, sequence_proposal
from zoo.serving.page.manifest import NamedVolume
from zoo.serving.page.sequence_proposal import WantedSequence
from zoo.serving.page.upload_error import UploadError


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a model takes.

    Args:
        sequences: that a study brings, of all tasks of the model.
        mask: whether it wants a region of interest.
        covariates: names of those that its networks see.
    """

    sequences: tuple[WantedSequence, ...]
    mask: bool
    covariates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """An upload as it is understood.

    Args:
        form: `"dicom"`, `"nifti"`, or `"archive"` where only unpacking tells.
        sequences: proposed, by the sequence the file; of NIfTI alone.
        mask: proposed.
    """

    form: Literal["dicom", "nifti", "archive"]
    sequences: Mapping[str, str]
    mask: str | None


def of(names: Sequence[str], wanted: Wanted) -> Kind:
    """What files are, by their names.

    NIfTI files beside others that may be DICOM are masks: one is proposed where the
    model wants a mask.
    """
    names = [name for name in names if not file_names.is_clutter(name)]
    nifti = [name for name in names if file_names.is_nifti(name)]
    others = [
        name for name in names if name not in nifti and not file_names.is_aside(name)
    ]
    if any(file_names.is_archive(name) for name in others):
        return Kind(form="archive", sequences={}, mask=None)
    if others or not nifti:
        mask = nifti[0] if wanted.mask and len(nifti) == 1 else None
        return Kind(form="dicom", sequences={}, mask=mask)
    mask = sequence_proposal.mask(nifti) if wanted.mask else None
    images = [name for name in nifti if name != mask]
    proposed = sequence_proposal.sequences(images, wanted.sequences)
    return Kind(form="nifti", sequences=proposed, mask=mask)


def question(kind: Kind, names: Sequence[str]) -> dict[str, object]:
    """What somebody is asked about files, for JSON: which there are, what is proposed.

    Args:
        names: of all files.
    """
    return {
        "form": kind.form,
        "files": [name for name in names if file_names.is_nifti(name)],
        "sequences": dict(kind.sequences),
        "mask": kind.mask,
        "b_values": any(name.endswith(nifti_sidecars.B_VALUES) for name in names),
    }


def check(
    names: Sequence[str],
    wanted: Wanted,
    *,
    sequences: Mapping[str, NamedVolume],
    mask: str | None,
    covariates: Mapping[str, str],
) -> None:
    """Refuses an upload that lacks what the model wants, or names what is not there.

    Args:
        names: of all files, unpacked.

    Raises:
        UploadError: `which_files`, whose facts say what to ask for, or a name that the
            model or the upload does not know.
    """
    kind = of(names, wanted)
    if (kind.form == "nifti" and not sequences) or (wanted.mask and mask is None):
        raise UploadError(
            "which_files",
            "say which file is what",
            status=422,
            facts=question(kind, names),
        )
    known = {sequence.name for sequence in wanted.sequences}
    there = {name for name in names if file_names.is_nifti(name)}
    named = {volume.file for volume in sequences.values()}
    if not {*sequences} <= known or not named <= there:
        raise UploadError(
            "unknown_name",
            "a sequence is named that the model does not take, or a file that is no "
            "NIfTI file of this upload. Reload the page",
        )
    if mask is not None and (mask not in there or not wanted.mask):
        raise UploadError(
            "unknown_name",
            "the mask is no NIfTI file of this upload, or the model takes none. Drop "
            "a mask (.nii, .nii.gz) with the study",
        )
    if {*covariates} != {*wanted.covariates}:
        raise UploadError(
            "covariates",
            f"the model sees {', '.join(wanted.covariates) or 'no covariates'} beside "
            "the images. Reload the page and fill in what is known",
        )
