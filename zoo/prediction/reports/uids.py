"""UIDs of reports, below the root 2.25 that needs no registration (PS3.5, B.2)."""

import uuid


def new() -> str:
    """A UID that nothing has yet."""
    return f"2.25.{uuid.uuid4().int}"


def derived(*parts: str) -> str:
    """The UID that the parts determine."""
    name = "/".join((str(len(parts)), *parts))
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, name).int}"
