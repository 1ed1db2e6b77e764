"""The difference of two ways to train, from their figures in every fold.

When it applies. The other tests here ask whether these networks differ on other
patients; this one asks whether the two ways of training would differ, trained anew on
other patients too. It wants both to have been trained and tested on the same folds, and
takes a fold's difference as one observation, of which the mean is tested. Folds share
most of their training patients, so their differences are alike, and the plain t test
calls far too many differences. Nadeau and Bengio (Machine Learning 52, 2003, section 3)
add the ratio of test to training patients to the variance:

    t = mean / sqrt((1 / J + n_test / n_train) s²),  J - 1 degrees of freedom

of J differences with the variance s² (J - 1); J is R K of K folds that were dealt R
times. They derived it for random splits drawn again and again, where it errs on the
safe side; for K folds it is the usual approximation (Bouckaert and Frank, PAKDD 2004,
for repeated ones, which they advise). With five folds, dealt once, it finds large
differences alone. It says nothing of single runs, nor where one of the two was
chosen by these very folds.
"""

import math
from collections.abc import Sequence

import numpy as np

from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.spread import Spread
from zoo.evaluation.metrics.intervals import check_confidence

_NOTHING = 1e-24  # a variance of rounding errors alone


def inference(
    differences: Sequence[float], test_to_training: float, confidence: float
) -> Inference:
    """Nadeau and Bengio's corrected resampled t test.

    Args:
        differences: of each fold's figures, mine - the other's; NaN = undefined.
        test_to_training: patients tested in a fold to those trained on, the mean.
    """
    check_confidence(confidence)
    values = np.asarray(differences, np.float64)
    reason = ""
    if len(values) < 2:
        reason = "it wants two folds or more"
    elif not np.isfinite(values).all():
        reason = f"undefined in {int((~np.isfinite(values)).sum())} of the folds"
    else:
        variance = float(values.var(ddof=1)) * (1 / len(values) + test_to_training)
        if variance <= _NOTHING:
            reason = "no fold differs from another"
    if reason:
        same = len(values) > 1 and not values.any()
        return Inference(method="folds", p=1.0 if same else None, reason=reason)
    spread = Spread(error=math.sqrt(variance), degrees=len(values) - 1)
    return of_spread("folds", float(values.mean()), spread, confidence)
