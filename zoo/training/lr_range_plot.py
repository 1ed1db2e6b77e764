"""The curve of a learning rate range test as a figure."""

from collections.abc import Sequence
from pathlib import Path

from zoo.evaluation.figures.style import BLUE, GREY, SKY, VERMILLION, figure
from zoo.training.lr_range_curve import DIVISOR, Point


def draw(path: Path, points: Sequence[Point], lowest: Point) -> None:
    """Draws the loss over the learning rate, and what a tenth of the best rate is.

    Args:
        lowest: of `points`, the one of the lowest smoothed loss.
    """
    rates = [point.learning_rate for point in points]
    means = [point.smoothed_loss for point in points]
    learning_rate = lowest.learning_rate / DIVISOR
    with figure(path, width=4.8, height=3.2) as drawn:
        axes = drawn.subplots()
        losses = [point.loss for point in points]
        axes.plot(rates, losses, color=SKY, linewidth=0.8, label="loss of an update")
        axes.plot(rates, means, color=BLUE, label="its running mean")
        axes.plot(
            lowest.learning_rate,
            lowest.smoothed_loss,
            "o",
            color=BLUE,
            markersize=5,
            label=f"lowest, at {lowest.learning_rate:.2g}",
        )
        axes.axvline(
            learning_rate,
            color=VERMILLION,
            linestyle="--",
            label=f"divided by {DIVISOR}, {learning_rate:.2g}",
        )
        axes.set_xscale("log")
        low, high = min(means), max(means[: len(means) // 2 + 1])
        margin = 0.3 * (high - low) + 0.05 * abs(high)
        axes.set_ylim(low - margin, high + margin)
        axes.set_xlabel("Learning rate")
        axes.set_ylabel("Training loss")
        axes.tick_params(which="minor", color=GREY)
        drawn.legend(loc="outside lower center", ncols=2)
