"""Trains a run that was begun, from its first or next epoch to the evidence."""

import dataclasses
import sys
from collections.abc import Callable
from typing import TypeVar

import keras
import numpy as np

from pipelines.batches.damaged_records import guard
from pipelines.errors import UsageError
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from zoo.architectures import registry
from zoo.architectures.architecture import Architecture
from zoo.classifier import classifier, filter_gradient, layer_depth, precision
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.runs import disk, lock, same_data
from zoo.runs.history import Epoch
from zoo.runs.run import Run
from zoo.training import fit as fitting
from zoo.training import lr_range_curve, lr_range_plot, lr_range_test, preparation
from zoo.training.data import mixmatch_checks, split_checks
from zoo.training.data.split_checks import Targets
from zoo.training.data.training_data import TrainingData, of_run
from zoo.training.finish import conclude
from zoo.training.fit import OutputPaths
from zoo.training.fit_stages import TrainerState
from zoo.training.loop import checkpoint, out_of_memory, stages
from zoo.training.loop.devices import strategy, synchronise
from zoo.training.loop.mixmatch_model import learner_of
from zoo.training.loop.weight_averaging import Average
from zoo.weights import load as load_weights
from zoo.weights.load import Origin

Fitted = TypeVar("Fitted")
Fit = Callable[[Run, Classifier, Architecture, TrainingData], Fitted]


def train(
    run: Run, data: DataSet, *, weights_from: str | None = None, devices: int = 1
) -> dict:
    """Builds the network of the run's recipe, fits it and writes the evidence.

    A run that was interrupted goes on after its last whole epoch. A learning rate that
    is to be found is found before the first.

    Args:
        data: the data set that the run was begun with.
        weights_from: where the pretrained weights are; see `zoo.weights.load.load`.
            A run that goes on needs none.
        devices: how many share every batch.
    Returns:
        The content of metrics.json.
    Raises:
        DataError: another data set, splits that can't carry a run, a damaged shard or
            checkpoint, a loss that is no number, a disk that is full or can't be
            written.
        UsageError: the recipe doesn't fit the data set's task or the architecture,
            there are fewer devices, the weights are others than those that the run was
            begun with, or another process trains the run.
    """
    with lock.held(run.path), disk.guard(run.path):
        # Another process may have gone on with the run before this one held it.
        return _train(Run.resume(run.path), data, weights_from, devices)


def _train(run: Run, data: DataSet, weights_from: str | None, devices: int) -> dict:
    """`train`, of a run that is held."""
    same_data.check(run.path, run.data_digest, data)
    data = held_out_classes.without(data, run.recipe.unknown_classes)
    targets = split_checks.targets(data, run.fold)
    with guard(data):
        best = learned(
            run, data, targets, weights_from=weights_from, devices=devices, fit=fit
        )
        best_model = checkpoint.best_path(run.checkpoints_path, best.epoch)
        return conclude(run, data, best_model, targets)


def learned(
    run: Run,
    data: DataSet,
    targets: Targets,
    *,
    weights_from: str | None = None,
    devices: int = 1,
    fit: Fit[Fitted],
) -> Fitted:
    """Builds the network of the run's recipe and gives it to `fit`.

    Args:
        targets: of the samples by split.
        weights_from, devices: as of `train`.

    Returns:
        What `fit` gives.

    Raises:
        DataError: splits that can't carry a run, or too little memory.
        UsageError: as `train`.
    """
    recipe = run.recipe
    shape = (*run.task.grid.shape, len(run.channels))
    preparation.on_this_device(recipe, shape, deterministic=run.deterministic)
    split_checks.check(targets, run.target_outputs, recipe.optimisation.monitor)
    mixmatch_checks.check_devices(recipe, devices)
    shared = strategy(devices, recipe.optimisation)
    keras.utils.set_random_seed(recipe.seed)
    optimisation = recipe.optimisation
    memory_guard = out_of_memory.guard(optimisation.batch_size, optimisation.accumulate)
    with memory_guard, shared.scope():
        return _learned(run, data, targets["train"], weights_from, devices, fit)


def _learned(
    run: Run,
    data: DataSet,
    targets: np.ndarray,
    weights_from: str | None,
    devices: int,
    fit: Fit[Fitted],
) -> Fitted:
    """`learned`, with the devices chosen.

    Args:
        targets: of the training samples, `[N, T]`.
    """
    recipe = run.recipe
    architecture = registry.get(recipe.arch)
    network = build_network(run, architecture)
    if not precision.gpus():
        filter_gradient.mend(network.training)
    if devices > 1:
        synchronise(network.training)
    begun = checkpoint.latest(run.checkpoints_path) is not None
    if recipe.weights != "none" and not begun:
        origin = load_weights.load(network, architecture, recipe, weights_from)
        _check_same_weights(run, origin)
    training_data = of_run(run, data, architecture, targets)
    learner = learner_of(network.training, training_data, recipe)
    network = dataclasses.replace(network, training=learner)
    if recipe.optimisation.learning_rate == "auto":
        run = with_found_rate(run, network, training_data)
    return fit(run, network, architecture, training_data)


def _check_same_weights(run: Run, origin: Origin) -> None:
    if run.weights_sha256 not in ("", origin.sha256):
        raise UsageError(
            f"the run was begun with the weights of SHA-256 {run.weights_sha256}. "
            f"Received: {origin.path} of {origin.sha256}. Name those by --weights "
            "(--weights-from, if they are ImageNet's), or begin a new run"
        )


def fit(
    run: Run,
    network: Classifier,
    architecture: Architecture,
    training_data: TrainingData,
) -> Epoch:
    """Fits `network` on the training data; the best epoch."""
    paths = OutputPaths(
        checkpoints=run.checkpoints_path,
        history=run.history_path,
        tensorboard=run.tensorboard_path,
    )
    plan = stages.plan(run.recipe.transfer, run.recipe.optimisation)
    state = trainer_state(run, network, architecture)
    return fitting.fit(state, training_data, paths, plan)


def trainer_state(
    run: Run, network: Classifier, architecture: Architecture
) -> TrainerState:
    """What learns of the network, and what follows it."""
    optimisation = run.recipe.optimisation
    inference, average = network.inference, None
    if optimisation.ema_decay or optimisation.precision != precision.FULL:
        inference = build_network(in_full_precision(run), architecture).inference
        average = Average(network.inference, inference, optimisation.ema_decay)
    return TrainerState(
        training=network.training,
        inference=inference,
        average=average,
        enter=network.layer_freezing.enter,
        rate_shares=rate_shares(network, run.recipe),
    )


def rate_shares(network: Classifier, recipe: Recipe) -> dict[int, float]:
    """What share of the learning rate weights have, see `layer_depth.rate_shares`."""
    return layer_depth.rate_shares(network.backbone, recipe.transfer.first_rate)


def with_found_rate(run: Run, network: Classifier, training_data: TrainingData) -> Run:
    """The run with the learning rate that a range test finds, written into its recipe.

    The network is as it was. Interrupted, the test is made again by the next `train`.

    Raises:
        DataError: the test finds no rate.
    """
    optimisation = run.recipe.optimisation
    updates = lr_range_curve.count_updates(training_data.steps, optimisation)
    points = lr_range_test.find(
        network.training, training_data, optimisation, rate_shares(network, run.recipe)
    )
    lr_range_curve.write(run.range_test_path, points)
    plot = run.range_test_path.with_suffix(".png")
    lr_range_plot.draw(plot, points, lr_range_curve.lowest(points, updates))
    rate = lr_range_curve.chosen(points, updates)
    print(f"learning rate found: {rate:g} (see {plot})", file=sys.stderr)
    optimisation = dataclasses.replace(optimisation, learning_rate=rate)
    return run.with_recipe(dataclasses.replace(run.recipe, optimisation=optimisation))


def build_network(run: Run, architecture: Architecture) -> Classifier:
    """The network of the run's recipe with its initial weights."""
    return classifier.build(
        run.recipe,
        architecture,
        shape=(*run.task.grid.shape, len(run.channels)),
        target_outputs=run.target_outputs,
        seed=run.recipe.seed,
        covariates=len(run.standards.encoding.names),
    )


def in_full_precision(run: Run) -> Run:
    """The run as if its network computed in float32."""
    optimisation = dataclasses.replace(
        run.recipe.optimisation, precision=precision.FULL
    )
    recipe = dataclasses.replace(run.recipe, optimisation=optimisation)
    return dataclasses.replace(run, recipe=recipe)
