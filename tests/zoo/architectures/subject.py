"""An architecture under test, each of its builds made once."""

from functools import cached_property

import keras
import numpy as np

from pipelines.batches.slices import Slices
from tests.zoo.architectures.contract import fingerprints
from zoo.architectures.architecture import Architecture
from zoo.classifier import classifier
from zoo.classifier.classifier import Classifier
from zoo.classifier.precision import FULL
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.target_output import outputs_of_classes

CLASSES = 3
CHANNELS = 2
ELSEWHERE = {2: (96, 129), 3: (64, 72, 96)}  # another input, no two sizes alike


class Subject:
    """What the checks look at, built when first asked for."""

    def __init__(self, architecture: Architecture):
        self.architecture = architecture

    @cached_property
    def shape(self) -> tuple[int, int, int, int]:
        """D, H, W, C: as small as can be."""
        smallest = self.architecture.minimum_size
        depth = 4 if self.architecture.rank == 2 else smallest
        return (depth, smallest, smallest, CHANNELS)

    @cached_property
    def volumes(self) -> np.ndarray:
        """`[2, D, H, W, C]`"""
        return np.random.default_rng(0).normal(size=(2, *self.shape)).astype("float32")

    @cached_property
    def _first(self) -> tuple[Classifier, dict[str, str], dict[str, str]]:
        keras.utils.set_random_seed(0)
        built = self.build(seed=1)
        return built, fingerprints(built.backbone), fingerprints(built.training)

    @cached_property
    def classifier(self) -> Classifier:
        """For the smallest volume, of seed 1."""
        return self._first[0]

    @property
    def weights(self) -> dict[str, str]:
        """Fingerprints of the backbone's initial weights."""
        return self._first[1]

    @property
    def all_weights(self) -> dict[str, str]:
        """Fingerprints of the initial weights of backbone and heads."""
        return self._first[2]

    @cached_property
    def elsewhere(self) -> keras.Model:
        """The backbone for another volume, of seed 1, in another state of the world."""
        keras.utils.set_random_seed(2)
        rank = self.architecture.rank
        return self.architecture.build((*ELSEWHERE[rank], CHANNELS), rank, 1)

    @cached_property
    def half(self) -> Classifier:
        """For the smallest volume, of seed 2, computing in bfloat16."""
        return self.build(seed=2, precision="mixed_bfloat16")

    @cached_property
    def half_weights(self) -> dict[str, str]:
        """Fingerprints of its initial weights, if none were changed before."""
        return fingerprints(self.half.training)

    def build(self, *, seed: int, precision: str = FULL) -> Classifier:
        """The classifier of a recipe without dropout."""
        recipe = Recipe(
            arch=self.architecture.name,
            slices=Slices(train=2, evaluate=3),
            head=Head(dropout=0.0),
            optimisation=Optimisation(precision=precision),
        )
        return classifier.build(
            recipe,
            self.architecture,
            shape=self.shape,
            target_outputs=outputs_of_classes(CLASSES),
            seed=seed,
        )
