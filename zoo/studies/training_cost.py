"""What a training takes, roughly, from its recipe, its task and how many patients.

The constants are processor seconds, measured on one machine of two cores without a GPU
(docs/studies.md says how far off they were); what TensorFlow spreads over the cores is
divided by them.
"""

import math
from dataclasses import dataclass

from pipelines.tasks.task import Split, Task
from zoo.catalogue import entry
from zoo.catalogue.entry import Entry
from zoo.recipes.recipe import Recipe

MOST_CORES = 8  # that a training keeps busy
_START_SECONDS = 16.0  # TensorFlow, graph, evidence and figures
_EPOCH_SECONDS = 0.4
_PARAMETER_SECONDS = 1e-8  # an epoch: its checkpoint
_UPDATE_SECONDS = 2.2e-8  # a parameter, whatever it is multiplied with
_MULTIPLY_ADDS_A_SECOND = 45e9  # of a core
_SEPARABLE = ("efficientnet", "mobilenet", "convnext")
_SEPARABLE_TIMES = 4.0  # as long for a multiply-add
_VOXEL_SECONDS = 1.2e-7  # of an epoch, in loading and augmentation
_PASSES = 3  # forwards and backwards against forwards
_BYTES_A_PARAMETER = 4 * 5  # best epoch, last epoch with its optimizer, model.keras
_OTHER_MEGABYTES = 3.0  # figures, tables, events
_SITES = 5  # folds of a split by site, whose number the data tell


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a step takes.

    Args:
        seconds: on an idle machine; none = can't be told.
        megabytes: that stay on disk.
    """

    seconds: float | None
    megabytes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Samples of one training, and how many trainings there are."""

    train: int
    validation: int
    everybody: int
    folds: int


def of(recipe: Recipe, task: Task, samples: int | None, cores: int) -> Cost:
    """The cost of a training, of all its folds where its task has some.

    To its last epoch: early stopping makes it shorter.

    Args:
        samples: of the data set; none = nobody knows yet.
    """
    network = _network(recipe.arch)
    if network is None or samples is None:
        return Cost(seconds=None)
    parts = _parts(task.split, samples)
    seen = _seen(recipe, network, task)
    optimisation = recipe.optimisation
    epochs = optimisation.epochs
    if optimisation.learning_rate == "auto":
        epochs += optimisation.range_test.epochs
    learned = parts.train * seen.learned
    if recipe.mixmatch.learns:
        learned *= 1 + recipe.mixmatch.copies
    judged = seen.judged * (parts.validation * epochs + parts.everybody)
    adds = network.multiply_adds * seen.share
    speed = _MULTIPLY_ADDS_A_SECOND * min(cores, MOST_CORES)
    if network.name.startswith(_SEPARABLE):
        speed /= _SEPARABLE_TIMES
    computed = (_PASSES * learned * epochs + judged) * adds / speed
    loaded = (learned * epochs + judged) * seen.voxels * _VOXEL_SECONDS
    kept = epochs * (_EPOCH_SECONDS + _PARAMETER_SECONDS * network.parameters)
    batches = epochs * math.ceil(parts.train / optimisation.batch_size)
    updated = batches / optimisation.accumulate * network.parameters * _UPDATE_SECONDS
    each = _START_SECONDS + kept + computed
    each += (loaded + updated) / min(cores, MOST_CORES)
    megabytes = network.parameters * _BYTES_A_PARAMETER / 1e6 + _OTHER_MEGABYTES
    return Cost(seconds=parts.folds * each, megabytes=parts.folds * megabytes)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What a network sees of a volume.

    Args:
        learned, judged: inputs of a volume, in an epoch and in evaluation.
        share: of the reference input's voxels, one of them.
        voxels: of one of them, with its channels.
    """

    learned: int
    judged: int
    share: float
    voxels: int


def _seen(recipe: Recipe, network: Entry, task: Task) -> _Seen:
    depth, *plane, channels = task.record_shape
    channels = len(recipe.sequences) or channels
    spatial = [depth, *plane] if network.rank == 3 else plane
    learned = judged = 1
    if network.rank == 2:
        first, last = recipe.slices.depth
        learned = recipe.slices.train
        judged = recipe.slices.evaluate or max(1, round(depth * (last - first)))
    reference = math.prod(network.reference[:-1])
    return _Seen(
        learned=learned,
        judged=judged,
        share=math.prod(spatial) / reference,
        voxels=math.prod(spatial) * channels,
    )


def _network(name: str) -> Entry | None:
    """As `zoo.models` lists it; none of a network of one's own."""
    return next((e for e in entry.read(entry.PATH) if e.name == name), None)


def _parts(split: Split, samples: int) -> _Parts:
    """About as many as `pipelines.splits` deals."""
    train, validation, folds = split.train, split.validation, 1
    if split.kind == "folds":
        rest, folds = 1 - split.holdout, split.folds
        validation = rest / folds
        train = rest - (1 if split.holdout else 2) * validation
    elif split.kind == "validation_folds":
        folds, validation = split.folds, 1 / split.folds
        train = 1 - validation
    elif split.kind == "site":
        folds = _SITES
        train = (1 - 1 / folds) * (1 - split.validation)
    return _Parts(
        train=round(train * samples),
        validation=round(validation * samples),
        everybody=samples,
        folds=folds,
    )
