"""How a training run finds its weights: the optimisation part of a recipe."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tyro.conf import arg

from zoo.recipes import limits
from zoo.recipes.limits import Interval

_STEPWISE = ("step", "plateau")
LEARNING_RATES = Interval(first=1e-38, last=1e38)  # numbers that float32 holds
_SEARCHED_RATES = Interval(first=1e-30, last=1e6)
_SCHEDULE_LIMITS = {
    "warmup_epochs": limits.COUNT_OR_NONE,
    "warmup_updates": Interval(first=0, last=1e12),
    "step_epochs": limits.COUNT_OR_NONE,
    "plateau_epochs": limits.COUNT_OR_NONE,
    "factor": Interval(first=0, last=1, without_first=True, without_last=True),
    "lowest": limits.PROPER_SHARE,
}
_RANGE_TEST_LIMITS = {
    "epochs": limits.COUNT,
    "lowest": _SEARCHED_RATES,
    "highest": _SEARCHED_RATES,
    "smoothing": limits.PROPER_SHARE,
}
_LIMITS = {
    "learning_rate": LEARNING_RATES,
    "momentum": limits.PROPER_SHARE,
    "weight_decay": limits.NOT_NEGATIVE,
    "epochs": limits.COUNT,
    "batch_size": limits.COUNT,
    "accumulate": limits.COUNT,
    "patience": limits.COUNT,
    "ema_decay": limits.PROPER_SHARE,
    "auxiliary_weight": limits.NOT_NEGATIVE,
    "target_weights": limits.POSITIVE,
    "balance": limits.POSITIVE,
    "label_smoothing": limits.PROPER_SHARE,
    "focal_gamma": Interval(first=0, last=100),
    "clip_norm": limits.POSITIVE,
}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How the learning rate changes. An update is one change of the weights.

    Args:
        kind: `"constant"`; `"cosine"` falls along half a cosine to `lowest` at the last
            epoch (Loshchilov and Hutter, 2017); `"step"` is multiplied by `factor`
            after every `step_epochs`; `"plateau"` is, after every `plateau_epochs`
            without a better monitor.
        warmup_epochs: over so many, parts of one included, the rate rises on a straight
            line (Goyal et al., 2017).
        warmup_updates: the same, counted in updates.
        step_epochs: of `"step"`, from the beginning on.
        plateau_epochs: of `"plateau"`; fewer than patience.
        factor: of `"step"` and `"plateau"`, below 1.
        lowest: share of the learning rate below which nothing falls.
    """

    kind: Literal["constant", "cosine", "step", "plateau"] = "constant"
    warmup_epochs: float = 0.0
    warmup_updates: int = 0
    step_epochs: int = 0
    plateau_epochs: int = 0
    factor: float = 0.1
    lowest: float = 0.0

    def __post_init__(self):
        limits.check(self, "optimisation.schedule", _SCHEDULE_LIMITS)
        if self.warmup_epochs and self.warmup_updates:
            raise ValueError(
                "the warm-up is stated in epochs or in updates, not in both. Received: "
                f"warmup_epochs={self.warmup_epochs}, "
                f"warmup_updates={self.warmup_updates}"
            )
        for kind in _STEPWISE:
            self._check_own_epochs(kind)

    def _check_own_epochs(self, kind: str) -> None:
        """`step_epochs` belongs to `"step"` alone, and so on."""
        name = f"{kind}_epochs"
        epochs = getattr(self, name)
        if (epochs > 0) != (self.kind == kind) or epochs < 0:
            raise ValueError(
                f"schedule.{name} goes with schedule.kind = {kind!r}, 1 or more, and "
                f"with no other. Received: kind={self.kind!r}, {name}={epochs}"
            )


@dataclass(frozen=True, kw_only=True)
class RangeTest:
    """How a learning rate is found where the recipe says `learning_rate = "auto"`.

    While the network trains for a few epochs, the rate rises by the same factor at
    every update (Smith, Cyclical learning rates, 2017, section 3.3). A tenth of the
    rate at which the loss was lowest is taken, written into the run's recipe, and
    training begins with the weights as they were.

    Args:
        epochs: that the test takes at most; it stops when the loss diverges.
        lowest: rate of the first update.
        highest: rate of the last.
        smoothing: what the running mean of the loss keeps of itself at each update.
    """

    epochs: int = 2
    lowest: float = 1e-7
    highest: float = 10.0
    smoothing: float = 0.9

    def __post_init__(self):
        limits.check(self, "optimisation.range_test", _RANGE_TEST_LIMITS)
        if self.lowest >= self.highest:
            raise ValueError(
                "a range test rises: optimisation.range_test.lowest is below highest. "
                f"Received: lowest={self.lowest}, highest={self.highest}"
            )


@dataclass(frozen=True, kw_only=True)
class Optimisation:
    """How the weights are found.

    Args:
        optimizer: `"adam"` (Kingma and Ba, 2015), `"adamw"` (Loshchilov and Hutter,
            2019) or `"sgd"`, stochastic gradient descent.
        learning_rate: the highest; see the schedule. `"auto"` = see the range test.
        momentum: of sgd, e.g. 0.9.
        nesterov: the momentum looks ahead (Sutskever et al., 2013).
        weight_decay: of sgd and adamw, e.g. 0.01: times the learning rate, the share of
            a weight that every update takes away. Biases and the scales and shifts of
            normalisation keep theirs.
        epochs: at most; an epoch shows every training sample once, but for what its
            last batch would lack: up to batch_size - 1 samples, others in each epoch.
        batch_size: samples per step.
        accumulate: steps whose mean gradient makes one update: batch_size x accumulate
            samples have a part in it. Batch normalisation still sees batch_size of
            them. What an epoch leaves over goes into the next epoch's first update.
        patience: epochs without a better `monitor` before training stops.
        monitor: what decides the best epoch, on the validation split: the AUC of the
            main target (of labels, the mean of theirs) or its loss. A regression has
            no AUC: its run is written down with `"val_loss"`. `"epoch"` keeps the last
            epoch and trains all of them whatever `patience` says, for validation splits
            so small that the best epoch is a matter of chance.
        ema_decay: what a moving average of the weights keeps of itself at each update,
            e.g. 0.999 (Polyak and Juditsky, 1992); less during the first updates. The
            average, that of the statistics of batch normalisation too, is what is
            validated and kept. 0 = no average.
        auxiliary_weight: of the loss of each auxiliary head.
        target_weights: of the losses of several targets, the main one first; empty = 1
            each.
        regression_loss: of numbers: `"mse"`, the squared error, or `"huber"`, linear
            beyond one standard deviation (Huber, 1964).
        class_weights: `"balanced"` weighs the loss by inverse class frequency.
        balance: share of each class in every batch, in the order of the classes:
            `1 1 1` draws them equally often, rare ones again and again within an
            epoch. Empty = every sample once.
        label_smoothing: share of a target that is spread evenly over all classes
            (Szegedy et al., 2016).
        focal_gamma: the loss of a sample is weighted by (1 - p)^gamma, p being the
            probability of its class: what is learned already counts less (Lin et al.,
            2017, who take 2). 0 = cross-entropy.
        clip_norm: a gradient whose norm over all weights is larger is scaled down to
            it, so that no single step leaps (Pascanu et al., 2013); none = as it is.
        precision: that the backbone computes in: `"float32"`, `"mixed_bfloat16"`,
            `"mixed_float16"` (the loss is scaled), or `"auto"`: what the GPU is fastest
            in; on a CPU bfloat16 where it has the instructions, computes every
            convolution of the network rightly and a step 1.15 times as fast, else
            (and where runs are to be deterministic) float32. Weights, heads,
            and the model that is validated and kept are float32.
        xla: has XLA compile the training step; on a GPU alone.
        schedule: how the learning rate changes.
        range_test: how it is found.
    """

    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    learning_rate: Annotated[float | Literal["auto"], arg(aliases=("--lr",))] = 3e-4
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    epochs: Annotated[int, arg(aliases=("--epochs",))] = 60
    batch_size: Annotated[int, arg(aliases=("--batch",))] = 8
    accumulate: Annotated[int, arg(aliases=("--accumulate",))] = 1
    patience: int = 15
    monitor: Literal["val_auc", "val_loss", "epoch"] = "val_auc"
    ema_decay: float = 0.0
    auxiliary_weight: float = 0.3
    target_weights: tuple[float, ...] = ()
    regression_loss: Literal["mse", "huber"] = "mse"
    class_weights: Literal["none", "balanced"] = "none"
    balance: tuple[float, ...] = ()
    label_smoothing: float = 0.0
    focal_gamma: float = 0.0
    clip_norm: float | None = None
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    xla: bool = False
    schedule: Schedule = field(default_factory=Schedule)
    range_test: RangeTest = field(default_factory=RangeTest)

    def __post_init__(self):
        limits.check(self, "optimisation", _LIMITS)
        if self.balance and self.class_weights != "none":
            raise ValueError(
                "balance and class_weights would make up for rare classes twice. Take "
                f"one of them. Received: balance={self.balance}, "
                f"class_weights={self.class_weights!r}"
            )
        self._check_optimizer()
        self._check_schedule()

    def _check_optimizer(self) -> None:
        if self.momentum and self.optimizer != "sgd":
            raise ValueError(
                "momentum goes with optimizer = 'sgd'; adam and adamw have their own. "
                f"Received: optimizer={self.optimizer!r}, momentum={self.momentum}"
            )
        if self.nesterov and not self.momentum:
            raise ValueError(
                "nesterov wants a momentum, e.g. 0.9. Received: "
                f"optimizer={self.optimizer!r}, momentum={self.momentum}"
            )
        if self.optimizer == "adam" and self.weight_decay:
            raise ValueError(
                "adam decays no weights: take optimizer = 'adamw'. Received: "
                f"weight_decay={self.weight_decay}"
            )
        if self.optimizer == "adamw" and not self.weight_decay:
            raise ValueError(
                "adamw wants a weight_decay, e.g. 0.01; without one it is adam. "
                "Received: weight_decay=0.0"
            )

    def _check_schedule(self) -> None:
        if self.schedule.warmup_epochs >= self.epochs:
            raise ValueError(
                "schedule.warmup_epochs must be fewer than epochs. Received: "
                f"{self.schedule.warmup_epochs} of {self.epochs}"
            )
        if self.schedule.kind == "plateau" and self.monitor == "epoch":
            raise ValueError(
                "schedule.kind = 'plateau' lowers the rate by what is validated: take "
                "monitor = 'val_auc' or 'val_loss'. Received: monitor='epoch'"
            )
        if self.schedule.plateau_epochs >= self.patience:
            raise ValueError(
                "schedule.plateau_epochs must be fewer than patience, or training "
                "stops before the rate is lowered. Received: "
                f"plateau_epochs={self.schedule.plateau_epochs}, "
                f"patience={self.patience}"
            )
