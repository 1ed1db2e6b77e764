"""How long the evidence of a large study takes: every metric, interval and figure.

    python -m benchmarks.evaluation [--samples 10000] [--classes 6] [--several 1]

Simulates predictions, writes them as a predictions.csv and times `metrics.json` and the
figures from that file, as `zoo.evaluate predictions.csv --out DIR` makes them.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import evidence
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.settings import Settings
from zoo.targets.classification import CLASSIFICATION


def simulated(samples: int, classes: int, several: int) -> Predictions:
    """Samples of a test split, `several` of each patient."""
    generator = np.random.default_rng(0)
    patient = np.arange(samples) // several
    label = patient % classes
    logits = generator.normal(size=(samples, classes))
    logits[np.arange(samples), label] += 1.5
    shares = np.exp(logits)
    return Predictions(
        sample_id=tuple(f"s{row:06d}" for row in range(samples)),
        patient_id=tuple(f"p{row:06d}" for row in patient),
        split=("test",) * samples,
        fold=("",) * samples,
        kind=CLASSIFICATION,
        names=tuple(f"class {k}" for k in range(classes)),
        truth=label[:, None].astype(float),
        outputs={"prob": shares / shares.sum(axis=1, keepdims=True), "logit": logits},
    )


def main() -> None:
    """Prints the seconds of both, wall and CPU."""
    parsed = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parsed.add_argument("--samples", type=int, default=10_000)
    parsed.add_argument("--classes", type=int, default=6)
    parsed.add_argument("--several", type=int, default=1, help="samples a patient")
    parsed.add_argument("--resamples", type=int, default=2000)
    options = parsed.parse_args()
    found = simulated(options.samples, options.classes, options.several)
    settings = Settings(bootstrap=options.resamples)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.csv"
        predictions_file.write(path, found)
        for name, run in {
            "metrics": lambda: evidence.evaluate(
                levels_by_split(found), Description(), settings
            ),
            "file, metrics and figures": lambda: run_evaluation.write_bare(
                path, settings=settings, out=Path(folder) / "out"
            ),
        }.items():
            start, busy = time.perf_counter(), time.process_time()
            run()
            wall, busy = time.perf_counter() - start, time.process_time() - busy
            print(f"{name}: {wall:.1f} s, {busy:.1f} s of processors")


if __name__ == "__main__":
    main()
