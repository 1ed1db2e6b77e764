"""Names of uploaded files: labels to order and to choose by, never paths to open."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from zoo.serving.page.upload_error import UploadError

LONGEST = 1024
_CLUTTER = (".ds_store", "thumbs.db", "desktop.ini")
_ASIDE = (".json", ".bval", ".bvec", ".txt", ".csv", ".tsv", ".md", ".pdf", ".xlsx")
_NIFTI = (".nii", ".nii.gz")
_ARCHIVE = (".zip",)


def check(name: str) -> None:
    """Refuses a name that is none within a folder.

    Raises:
        UploadError: an absolute path, one with `..`, a drive, a sign that no name has,
            nothing at all, or too much.
    """
    parts = name.replace("\\", "/").split("/")
    if (
        not name.strip("/\\ ")
        or len(name) > LONGEST
        or name[0] in "/\\"
        or ".." in parts
        or (len(parts[0]) == 2 and parts[0][1] == ":")
        or any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
    ):
        raise UploadError(
            "bad_name",
            "a file has a name that is none within a folder: an absolute path, one "
            f"with '..', one of more than {LONGEST} letters, or one with control "
            "signs. Rename it, or pack the folder anew",
        )


def check_different(names: Sequence[str]) -> None:
    """Refuses two files of one name: which of them is meant nobody could say.

    Raises:
        UploadError: there are two.
    """
    if len({*names}) != len(names):
        raise UploadError(
            "same_name", "two files have the same name. Drop the folder that holds them"
        )


def is_clutter(name: str) -> bool:
    """Whether a file is what a file manager leaves behind."""
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        path.name.lower() in _CLUTTER
        or path.name.startswith("._")
        or "__MACOSX" in path.parts
    )


def is_nifti(name: str) -> bool:
    """Whether a file is NIfTI by its name, as everywhere."""
    return name.lower().endswith(_NIFTI)


def is_archive(name: str) -> bool:
    """Whether a file is a zip archive by its name."""
    return name.lower().endswith(_ARCHIVE)


def is_aside(name: str) -> bool:
    """Whether a file is a table or a sidecar, which holds no image."""
    return name.lower().endswith(_ASIDE)
