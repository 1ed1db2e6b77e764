"""How well the predictions for several reads of one patient agree, ready for JSON."""

from collections import Counter

import numpy as np

from zoo.evaluation.metrics import icc
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.entries import entry_of
from zoo.evaluation.results.resampling import from_all
from zoo.evaluation.results.settings import Settings

READ = "read"  # the column of a file that says which read a sample is


def repeats(predictions: Predictions, column: int, settings: Settings) -> dict:
    """The intraclass correlations of what is predicted for a patient's samples.

    - `patients`, `reads`: how many have how many samples, the most usual number of two
      or more; `left_out`: patients with another number
    - `order`: what makes a patient's first sample the first: `column read`, where the
      file has it and each of these patients has the same reads, else `sample_id`
    - `resampling`, and entries by the names in `metrics.icc.ICC`

    Returns:
        Nothing where no two patients have as many samples, two or more.
    """
    index = patient_index(predictions)
    counts = np.bincount(index)
    usual = Counter(counts[counts > 1].tolist()).most_common(1)
    if not usual or usual[0][1] < 2:
        return {}
    number, patients = usual[0]
    repeated = take(predictions, np.flatnonzero(counts[index] == number))
    rows, order = _rows(repeated, number)
    reads = repeated.outputs["pred"][rows, column]
    once = take(repeated, rows[:, 0])
    resampling = from_all(once)
    values = resampling.replicates(
        lambda weights: icc.replicate(reads, weights), once, settings
    )
    return {
        "patients": patients,
        "reads": number,
        "left_out": len(counts) - patients,
        "order": order,
        "resampling": resampling.text(),
        **{
            name: entry_of(
                measure,
                resampling.interval((values or {}).get(name), settings.confidence),
            )
            for name, measure in icc.measure(reads).items()
        },
    }


def _rows(repeated: Predictions, number: int) -> tuple[np.ndarray, str]:
    """Each patient's rows, by ascending patient_id, `[n, k]`, and what orders them."""
    index = patient_index(repeated)
    for word, values in ((READ, repeated.extra.get(READ)), ("", repeated.sample_id)):
        if values is None:
            continue
        rows = np.lexsort((np.array(values), index)).reshape(-1, number)
        titles = np.array(values)[rows]
        if not word or (titles == titles[0]).all() and len({*titles[0]}) == number:
            break
    return rows, f"column {READ}" if word else "sample_id"
