"""What metrics.json says of the calibration of labels, each by itself."""

from collections.abc import Mapping

from zoo.evaluation.metrics.multilabel import NO_SAMPLE
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.results import calibration, free_resampling
from zoo.evaluation.results.multilabel import single_label
from zoo.evaluation.results.settings import Settings


def of_last_split(splits: Mapping[str, Levels], settings: Settings) -> dict:
    """The entry `calibration` on the last split, test where there is one.

    - `split`, `level`, `resamples`: as of `calibration.of_last_split`
    - `before`: as the network predicts: `per_label`, by label what
      `calibration.of_event` says of the samples that know it; of a label that none
      knows a `reason`
    """
    split, levels = [*splits.items()][-1]
    defined = all(each.patient is not None for each in splits.values())
    level = "patient" if defined else "sample"
    predictions = levels.at(level)
    per_label = {}
    for column, name in enumerate(predictions.names):
        known = single_label(predictions, column)
        per_label[name] = (
            calibration.of_event(
                known, known.label == 1, known.probabilities[:, 1], settings
            )
            if len(known)
            else {"reason": NO_SAMPLE}
        )
    return {
        "split": split,
        "level": level,
        "resamples": free_resampling.resamples(len(predictions), settings),
        "before": {"per_label": per_label},
    }
