"""Which figures a run with a last stage gets beside those of its predictions."""

from pathlib import Path

import numpy as np

from zoo.evaluation.figures import (
    calibration_plot,
    decision_curve_plot,
    reject_plot,
    risk_coverage_plot,
)
from zoo.evaluation.last_stage.staged import StagedPredictions


def draw(folder: Path, staged: StagedPredictions, evidence: dict) -> dict[str, str]:
    """Draws calibration after the stage, and the decision curve, of the last split.

    Args:
        folder: `figures/`.
        staged: at the level of `calibration` in the evidence.
        evidence: on the main target, see `results.last_stage.evaluate`.
    Returns:
        file name -> "" or the reason why it was not drawn.
    """
    where = evidence["calibration"]
    split = where["split"]
    told = f"{split.capitalize()}, by {where['level']} (n = {len(staged.after)})"
    calibrated = f"calibration_{split}_after.png"
    curve = f"decision_curve_{split}.png"
    risk = f"risk_coverage_{split}.png"
    risk_coverage_plot.draw(
        folder / risk, evidence["rejection"], heading=f"Risk over coverage\n{told}"
    )
    rejected = {}
    if evidence["rejection"]["rule"] is not None:
        name = f"confusion_{split}_rejected.png"
        heading = f"Confusion with the reject rule\n{told}"
        reject_plot.draw(folder / name, evidence, heading=heading)
        rejected[name] = ""
    return {
        calibrated: _calibration(folder / calibrated, staged, evidence, told),
        curve: _decision_curve(folder / curve, evidence, told),
        risk: "",
        **rejected,
    }


def _calibration(
    path: Path, staged: StagedPredictions, evidence: dict, told: str
) -> str:
    content, confidence = evidence["calibration"], evidence["confidence"]
    before, after = (content[stage]["per_class"] for stage in ("before", "after"))
    heading = f"Calibration after the last stage\n{told}"
    if len(after) == 1:
        (name,) = after
        view = staged.after
        calibration_plot.calibration(
            path,
            view.label == 1,
            view.probabilities[:, 1],
            event=f"class {name}",
            outcomes=view.names,
            confidence=confidence,
            independent=len(set(view.patient_id)) == len(view),
            heading=heading,
            curve=after[name]["curve"],
            before=before[name]["curve"],
        )
        return ""
    if len(after) > calibration_plot.MOST_PANELS:
        return f"more than {calibration_plot.MOST_PANELS} classes"
    curves = {name: (before[name]["curve"], after[name]["curve"]) for name in after}
    calibration_plot.classes(path, curves, confidence=confidence, heading=heading)
    return ""


def _decision_curve(path: Path, evidence: dict, told: str) -> str:
    content = evidence["decision_curve"]
    curves = content["per_event"]
    if len(curves) > decision_curve_plot.MOST_PANELS:
        return f"more than {decision_curve_plot.MOST_PANELS} classes"
    if not np.any([curve["all"][0] > 0 for curve in curves.values()]):
        return "no sample of the event"
    stated = content["prevalence"]
    at = "" if stated is None else f", at a prevalence of {stated:g}"
    decision_curve_plot.draw(
        path,
        curves,
        confidence=evidence["confidence"],
        heading=f"Decision curve{at}\n{told}",
    )
    return ""
