"""Builds the networks of the registry without weights and counts what they cost."""

from collections.abc import Iterable

import keras
from tqdm import tqdm

from zoo.architectures.architecture import Architecture
from zoo.catalogue import costs
from zoo.catalogue.entry import Entry


def measure(architecture: Architecture) -> Entry:
    """What the shipped list says of an architecture, counted anew.

    No weight is drawn: shapes are all that counts.

    Raises:
        ValueError: a layer with weights of which `costs` can't tell what it costs.
    """
    with keras.StatelessScope(initialize_variables=False):
        backbone = architecture.build(architecture.reference, architecture.rank, 0)
    costed = costs.count(backbone)
    if costed.uncounted:
        raise ValueError(
            f"{architecture.name} has layers whose multiply-adds can't be counted. "
            f"Received: {', '.join(costed.uncounted)}. Teach zoo.catalogue.costs"
        )
    return Entry(
        name=architecture.name,
        rank=architecture.rank,
        minimum_size=architecture.minimum_size,
        reference=architecture.reference,
        feature_map=tuple(backbone.output.shape[1:]),
        parameters=costed.parameters,
        trainable=costed.trainable,
        multiply_adds=costed.multiply_adds,
        imagenet=architecture.imagenet is not None,
        inflates=architecture.inflates,
        citation=architecture.citation,
    )


def measure_all(
    architectures: Iterable[Architecture], *, progress: bool = False
) -> tuple[Entry, ...]:
    """`measure` of each, with a bar on stderr if `progress` and a terminal is there."""
    architectures = tuple(architectures)
    return tuple(
        measure(network)
        for network in tqdm(
            architectures, unit="network", disable=None if progress else True
        )
    )
