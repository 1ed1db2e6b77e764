"""Whether others' tools find a DICOM object as the standard has it."""

import shutil
import subprocess

import pytest

# What dciodvfy may say of ours: its list of coding schemes has no private ones, and an
# organ that nobody knows may well be one of two.
_KNOWN = ("<99MVZ>", "only permitted to be empty when actually unknown")


def errors(path):
    """What dciodvfy (dicom3tools) finds wrong, a line each; warnings too."""
    said = _said("dciodvfy", path)
    wrong = [line for line in said if line.startswith(("Error", "Warning"))]
    return [line for line in wrong if not any(known in line for known in _KNOWN)]


def printed(path):
    """The tree of a report, as dsrdump (DCMTK) prints it; it fails on what is wrong."""
    said = _said("dsrdump", "+Pl", path)
    assert not [line for line in said if line.startswith(("E:", "F:"))]
    return "\n".join(said)


def _said(tool, *arguments):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed: apt install dicom3tools dcmtk")
    done = subprocess.run(
        [tool, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    return (done.stdout + done.stderr).splitlines()
