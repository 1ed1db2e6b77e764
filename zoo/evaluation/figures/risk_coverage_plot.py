"""Risk over coverage as a figure."""

from pathlib import Path

from zoo.evaluation.figures.style import GREY, VERMILLION, figure, title
from zoo.evaluation.rejection.rules import IN_WORDS

_INCHES = 3.6


def draw(path: Path, content: dict, *, heading: str) -> None:
    """Draws the curve, and where the reject rule stands on it.

    Args:
        content: as metrics.json has it under `rejection`.
    """
    curve, words = content["curve"], IN_WORDS[content["score"]]
    with figure(path, width=_INCHES, height=3.6) as drawn:
        axes = drawn.subplots()
        axes.plot(
            curve["coverage"],
            curve["risk"],
            color=VERMILLION,
            drawstyle="steps-post",
            label=f"kept by the {words}, AURC {content['aurc']['value']:.3f}",
        )
        axes.axhline(
            curve["risk"][-1], color=GREY, linewidth=0.8, label="nobody set aside"
        )
        if content["rule"] is not None and content["accuracy_known"]["value"]:
            axes.plot(
                content["coverage"]["value"],
                1 - content["accuracy_known"]["value"],
                "o",
                color=VERMILLION,
                markersize=6,
                label="the reject rule",
                clip_on=False,
            )
        axes.set(xlim=(0, 1), ylim=(0, max(0.05, 1.1 * max(curve["risk"]))))
        axes.set_xlabel("Coverage (share that is kept)")
        axes.set_ylabel("Risk (share of wrong answers)")
        title(axes, heading)
        drawn.legend(loc="outside lower center", ncols=1)
