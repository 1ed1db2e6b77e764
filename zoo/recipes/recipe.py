"""A recipe: everything that decides a training run, on one page of TOML."""

from dataclasses import dataclass, field
from typing import Literal

from pipelines.augment.augmentation import Augmentation
from pipelines.batches.slices import Slices
from pipelines.storage import package_files
from zoo.recipes import limits
from zoo.recipes.limits import Interval
from zoo.recipes.mixmatch import MixMatch
from zoo.recipes.optimisation import LEARNING_RATES, Optimisation
from zoo.recipes.transfer import Transfer

LEAST_RESAMPLES = 200  # of patients, that the ends of an interval want
LARGEST_SEED = 2**32 - 1  # NumPy's generator takes no larger one
_HEAD_LIMITS = {
    "units": Interval(first=1, last=65_536),
    "dropout": limits.PROPER_SHARE,
}
_EVALUATION_LIMITS = {
    "confidence": Interval(first=0, last=1, without_first=True, without_last=True),
    "bootstrap": limits.COUNT,
}


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands behind the backbone.

    Args:
        pooling: over space, of the backbone's feature map; `"flatten"` keeps every
            place of it.
        units: dense layers with ReLU before the logits; none = the architecture's own.
        dropout: rate before every dense layer.
        pretrained: dense layers before the logits, and auxiliary heads, take their
            published weights too (fc6 and fc7 of AlexNet, GoogLeNet's heads).
        covariates: of the data set's, those that the last dense layer sees beside the
            features; empty = none.
    """

    pooling: Literal["average", "max", "flatten"] = "average"
    units: tuple[int, ...] | None = None
    dropout: float = 0.2
    pretrained: bool = False
    covariates: tuple[str, ...] = ()

    def __post_init__(self):
        limits.check(self, "head", _HEAD_LIMITS)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How the evidence is computed.

    Args:
        confidence: level of the intervals.
        bootstrap: resamples of patients behind each interval, 200 or more: commands
            refuse fewer, and runs that have fewer are judged with 200.
        design: how the study took its patients: `"cohort"` = as they came, so another
            study would have other numbers of each class; `"case_control"` = so many of
            each class.
        baseline: covariates of a regression without images, logistic or, of numbers,
            linear, fitted on the same splits, that the evidence shows beside the
            network; empty = those of the head.
    """

    confidence: float = 0.95
    bootstrap: int = 2000
    design: Literal["cohort", "case_control"] = "cohort"
    baseline: tuple[str, ...] = ()

    def __post_init__(self):
        limits.check(self, "evaluation", _EVALUATION_LIMITS)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training run without its data.

    Args:
        arch: name of the network; an unknown one lists those there are. A network of
            your own is `package.module:function`.
        sequences: channels used, in this order; empty = all of the data set's.
        unknown_classes: of the data set's, those that the network is not to know. None
            of their samples is trained, validated or tested on; whether it tells them
            from the others is judged apart. Left out = it knows all.
        weights: `"none"` (from scratch), `"imagenet"`, or where the command line named
            a place: `"file"` (a weights file) or `"run"` (a finished run).
        pixels: what the backbone is fed: `"none"` = the normalised intensities,
            `"imagenet"` = the pixels that its ImageNet weights were trained on;
            `"auto"` = the latter with ImageNet weights or a file of weights.
        normalisation: of intensities, per volume and channel, in the graph.
        seed: of initial weights, order, augmentation, dropout and resampling.
    """

    arch: str = "inception"
    sequences: tuple[str, ...] = ()
    unknown_classes: tuple[str, ...] | None = None
    weights: Literal["none", "imagenet", "file", "run"] = "none"
    pixels: Literal["auto", "none", "imagenet"] = "auto"
    transfer: Transfer = field(default_factory=Transfer)
    normalisation: Literal["zscore", "percentile", "equalise", "none"] = "zscore"
    slices: Slices = field(default_factory=Slices)
    head: Head = field(default_factory=Head)
    augmentation: Augmentation = field(default_factory=Augmentation)
    mixmatch: MixMatch = field(default_factory=MixMatch)
    optimisation: Optimisation = field(default_factory=Optimisation)
    evaluation: Evaluation = field(default_factory=Evaluation)
    seed: int = 0

    def __post_init__(self):
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(
                f"seed must be from 0 to {LARGEST_SEED}. Received: {self.seed}"
            )
        self._check_stages()
        if self.unknown_classes == ():
            raise ValueError(
                "unknown_classes names a class or more. Leave it out for a network "
                "that knows all. Received: an empty list"
            )
        if self.unknown_classes and self.mixmatch.learns:
            raise ValueError(
                "mixmatch learns from samples without a label, which may be of the "
                "classes that the network is not to know. Leave out unknown_classes "
                f"or mixmatch.weight. Received: {', '.join(self.unknown_classes)}"
            )
        if self.weights == "none" and self.transfer.batch_normalisation == "frozen":
            raise ValueError(
                "a network from scratch has no statistics that could stay. Received: "
                "weights='none', transfer.batch_normalisation='frozen'"
            )
        mixing = self.augmentation.mixing
        if self.mixmatch.learns and mixing.mixes:
            raise ValueError(
                "mixmatch mixes the samples itself. Leave augmentation.mixing out. "
                f"Received: cutmix={mixing.cutmix}, mixup={mixing.mixup}"
            )

    def _check_stages(self) -> None:
        """Every stage trains with the epochs and the rate that are its own."""
        warmup = self.optimisation.schedule.warmup_epochs
        if any(epochs <= warmup for epochs in self.transfer.epochs):
            raise ValueError(
                "every stage wants more epochs than its warm-up has. Received: "
                f"transfer.epochs={list(self.transfer.epochs)}, warmup_epochs={warmup}"
            )
        rate = self.optimisation.learning_rate
        rates = (
            () if rate == "auto" else [rate * share for share in self.transfer.rates]
        )
        if not all(rate in LEARNING_RATES for rate in rates):
            raise ValueError(
                f"every stage wants a learning rate {LEARNING_RATES}. Received: "
                f"optimisation.learning_rate={rate}, "
                f"transfer.rates={list(self.transfer.rates)}"
            )

    @property
    def baseline_covariates(self) -> tuple[str, ...]:
        """What the regression beside the network sees; empty = there is none."""
        return self.evaluation.baseline or self.head.covariates


def shipped() -> list[str]:
    """Names of the recipe files that the package ships."""
    return package_files.names("zoo", "recipes")


def load(name_or_path: str) -> Recipe:
    """Reads a recipe from a `.toml` file, or a shipped one by its name.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a recipe.
    """
    return package_files.load(
        Recipe, name_or_path, package="zoo", folder="recipes", word="recipe"
    )
