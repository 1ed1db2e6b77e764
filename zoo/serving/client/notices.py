"""What a user should know of an endpoint that answers, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from zoo.serving.client.model_choice import DEFAULT_LABEL
from zoo.serving.loopback import is_loopback

if TYPE_CHECKING:  # it loads what takes long, and the command line is read before
    from zoo.serving.client.address import Address
    from zoo.serving.client.described_model import DescribedModel


def unencrypted(address: Address) -> None:
    """That others can read what is sent, where they can."""
    if not (address.tls or is_loopback(address.host)):
        print(
            f"studies go to {address.host} unencrypted: others on the way can read "
            "them",
            file=sys.stderr,
        )


def newest(model: DescribedModel) -> None:
    """That the newest version answers for want of a label, where it does."""
    if model.is_newest_for_want_of_label:
        print(
            f"no version of {model.choice.name} bears the label "
            f"{DEFAULT_LABEL}: the newest one answers, {model.choice.version}",
            file=sys.stderr,
        )
