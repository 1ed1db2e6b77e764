"""Cross-validations by what is chosen on: validation parts pooled, beside the test's.

    python benchmarks/pooled_splits.py TASK DIR|PATTERN ...

Each DIR is a cross-validation that `zoo.train --folds all` made, or a pattern with `%`
in the place of a fold's number, for other predictions of its folds (the directories of
`zoo.evaluate --tta`). Prints patients, AUC (the mean over the classes), accuracy and
log loss of either split, every fold's patients together, and of several the mean of
their probabilities as well. A fold that is not there is left out and said.

Choose by the first line of each. A patient who validates one fold tests another, so
pooled validation parts are the same patients under other networks: the choice is
nearly blind, the figure of the second line is what `zoo.evaluate` pools.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SPLITS = ("validation", "test")


def read(place, target):
    """Predictions by split, all folds of a place together, and the folds there are."""
    from zoo.evaluation.predictions import predictions_file
    from zoo.evaluation.predictions.predictions import join, of_split

    pattern = place if "%" in place else f"{place}/fold-%"
    files = {}
    for fold in range(20):
        path = Path(pattern.replace("%", str(fold)), "predictions.csv")
        if path.is_file():
            files[fold] = predictions_file.read(path, target)
    if not files:
        raise SystemExit(f"{place} has no fold with predictions")
    together = {
        split: join([of_split(each, split) for each in files.values()])
        for split in SPLITS
    }
    return together, tuple(files)


def line(predictions):
    """Patients, AUC, accuracy, log loss; each patient has one sample."""
    from sklearn.metrics import roc_auc_score

    truth, said = predictions.label, predictions.probabilities
    areas = [roc_auc_score(truth == place, said[:, place]) for place in set(truth)]
    own = np.clip(said[np.arange(len(truth)), truth], 1e-7, 1.0)
    right = np.mean(said.argmax(axis=1) == truth)
    return (
        f"{len(truth)} patients, AUC {np.mean(areas):.3f}, accuracy {right:.3f}, "
        f"log loss {-np.log(own).mean():.3f}"
    )


def main():
    """Prints two lines of each place, and two of the mean."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task")
    parser.add_argument("places", nargs="+")
    options = parser.parse_args()
    from pipelines.tasks.task import load
    from zoo.evaluation.predictions import average

    target, each = load(options.task).target, []
    for place in options.places:
        together, folds = read(place, target)
        each.append((together, folds))
        print(f"{place}, folds {' '.join(map(str, folds))}")
        for split in SPLITS:
            print(f"  {split}: {line(together[split])}")
    if len({folds for _, folds in each}) == 1 and len(each) > 1:
        print("mean of all")
        for split in SPLITS:
            mean = average.mean([together[split] for together, _ in each])
            print(f"  {split}: {line(mean)}")


if __name__ == "__main__":
    main()
