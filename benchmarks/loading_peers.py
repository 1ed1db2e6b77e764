"""Our loading beside MONAI's on the same volumes, every way in a process of its own."""

import contextlib
import statistics
import sys
import tempfile
from pathlib import Path

from peers.comparison import ratio
from peers.conversation import Contender, conversation
from peers.loading_order import MONAI, NIFTI, OURS, RECORDS, LoadingOrder

PEERS = ("monai",)
THREADS = 2
_EPOCHS = 2  # timed at once
_SECONDS = ("seconds", "cpu_seconds")


def write_volumes(directory, samples, shape):
    """The same volumes as records and as uncompressed NIfTI files."""
    import nibabel
    import numpy as np
    import tensorflow as tf
    from noise_data import serialized_volumes, write_data_set

    data = write_data_set(directory / RECORDS, samples, shape)
    (directory / NIFTI).mkdir()
    for number, serialized in enumerate(serialized_volumes(data)):
        voxels = tf.io.parse_tensor(serialized, tf.int16).numpy()[..., 0]
        image = nibabel.Nifti1Image(voxels, np.eye(4))
        nibabel.save(image, directory / NIFTI / f"{number:05d}.nii")


def contenders(known):
    """Ours first, then MONAI's data sets behind its loaders."""
    ours = {"interpreter": sys.executable, "module": "peers.zoo_loading"}
    theirs = {"interpreter": known["monai"], "module": "peers.monai_loading"}
    return [
        *(Contender(label=f"ours, {way}", network=way, **ours) for way in OURS),
        *(Contender(label=f"MONAI {way}", network=way, **theirs) for way in MONAI),
    ]


def compare(known, shape, *, samples, rounds, batch):
    """Volumes a second of every way, and ours to those that keep volumes where it does.

    Args:
        known: interpreters by peer.
        samples: in the data set; two epochs are timed at once.
    """
    batches = -(-_EPOCHS * samples // batch)
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        write_volumes(Path(directory), samples, shape)
        pairs = []
        for contender in contenders(known):
            order = LoadingOrder(
                operation=contender.network,
                shape=(*shape, 1),
                batches=batches,
                batch=batch,
                threads=THREADS,
                directory=directory,
            )
            talk = stack.enter_context(conversation(contender, order))
            figures = {"way": contender.network, "label": contender.label}
            figures |= {name: [] for name in _SECONDS}
            pairs.append((figures | {"versions": talk.traits()}, talk))
        in_turn(pairs, rounds, batch * batches)
    measured = [figures for figures, _ in pairs]
    for figures in measured:
        figures["volumes_per_second"] = 1 / statistics.median(figures["seconds"])
        if figures["way"] not in OURS:
            add_ratios(figures, measured)
    return measured


def in_turn(pairs, rounds, volumes):
    """Rounds, each beginning with another way, behind one that is not timed."""
    for _, talk in pairs:  # fills caches
        talk.ask("again")
    for number in range(rounds):
        turn = number % len(pairs)
        for figures, talk in pairs[turn:] + pairs[:turn]:
            taken = talk.ask("again")
            figures["seconds"].append(taken["wall"] / volumes)
            figures["cpu_seconds"].append(taken["cpu"] / volumes)


def add_ratios(figures, measured):
    """Ours to theirs in volumes a second, the inverse of seconds."""
    ours = next(
        other
        for other in measured
        if figures["way"].startswith(OURS.get(other["way"], "no such way"))
    )
    figures["beside"] = ours["label"]
    for name in _SECONDS:
        figures[name.replace("seconds", "ratio")] = ratio(figures, ours, name)


def fastest(measured):
    """Of each of our ways the label, and the figures of the fastest that it is beside.

    So the peer is taken as its users would who measured.
    """
    for ours in measured:
        rivals = [f for f in measured if f.get("beside") == ours["label"]]
        if rivals:
            yield ours["label"], max(rivals, key=lambda f: f["volumes_per_second"])


def table(measured):
    """What was found, for reading."""
    lines = [f"{'':58}{'volumes/s':>10}{'CPU ms':>8}   ours to it (quartiles)"]
    for figures in measured:
        cpu = 1000 * statistics.median(figures["cpu_seconds"])
        line = f"{figures['label']:58}{figures['volumes_per_second']:10.0f}{cpu:8.1f}"
        if "ratio" in figures:
            low, high = figures["ratio"]["quartiles"]
            line += f"   {figures['ratio']['median']:.2f} ({low:.2f}-{high:.2f})"
        lines.append(line)
    lines += [
        f"{label}: {figures['ratio']['median']:.2f} times its fastest, "
        f"{figures['label']} ({figures['versions']})"
        for label, figures in fastest(measured)
    ]
    return "\n".join(lines)
