"""The version of the code that a fold's figure depends on."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CodeVersion:
    """A digest of the source, and the versions that matter."""

    digest: str = ""
    tensorflow: str = ""
    keras: str = ""
    numpy: str = ""


def current() -> CodeVersion:
    """Of what runs now."""
    return CodeVersion()
