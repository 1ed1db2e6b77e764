"""Whether ImageNet weights help: fine-tuning against training from scratch.

    python benchmarks/transfer.py --work DIR --weights DIR [--acdc DIR]
        [--only CASE ...]

Every case trains one network twice over the same folds of the same patients, once from
random and once from ImageNet weights (`--weights`, as `ZOO_WEIGHTS`), two slices a
volume in each step. The recipes differ in the weights and in the learning rate: 3e-4
from scratch, 1e-4 from ImageNet, both settled before any run. Figures are those of
`zoo.evaluate`: out of fold, every patient tested once, by the model that was best on
its fold's validation part.

    inception-phantom  GoogLeNet on 48 phantoms (texture sign), 96x96, 4 folds
    xception-phantom   Xception on the same
    inception-acdc     GoogLeNet on ACDC (`--acdc`: a folder with labels.csv and
                       <patient>/ED.nii.gz and ES.nii.gz), 128x128, 5 folds

A run that is finished in `--work` is not trained again. Prints a table, writes
DIR/transfer.json.
"""

import argparse
import csv
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

RATES = {"none": 3e-4, "imagenet": 1e-4}
CASES = {
    "inception-phantom": {"arch": "inception", "data": "phantom", "epochs": 30},
    "xception-phantom": {"arch": "xception", "data": "phantom", "epochs": 15},
    "inception-acdc": {"arch": "inception", "data": "acdc", "epochs": 40},
}


def phantom_data(work):
    """48 phantoms as DICOM, ingested with 4 folds."""
    from pipelines.phantoms import cohort
    from pipelines.phantoms.plan import Plan
    from pipelines.tasks import task as tasks
    from pipelines.tasks.task import Split

    source = work / "phantom-cohort"
    if not source.exists():
        plan = Plan(patients=48)
        cohort.write(source, plan=plan, workers=os.cpu_count())
    described = tasks.load(str(source / "task.toml"))
    folds = dataclasses.replace(described, split=Split(kind="folds", folds=4))
    return ingested(
        work / "phantom",
        kind="dicom",
        source=source / "dicom",
        labels=source / "labels.csv",
        described=folds,
    )


def acdc_data(work, acdc, *, shape):
    """The shipped task's field of view, 120 x 192 x 192 mm, as voxels of that shape."""
    from pipelines.tasks import task as task_files

    if acdc is None:
        raise SystemExit("inception-acdc wants --acdc DIR")
    out = work / f"acdc-{'x'.join(map(str, shape))}"
    table = work / "acdc-volumes.csv"
    with (acdc / "labels.csv").open(encoding="utf-8") as file:
        patients = [row["patient_id"] for row in csv.DictReader(file)]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient_id", "study_id", "sequence", "path"])
        for patient in patients:
            for sequence in ("ED", "ES"):
                path = acdc.resolve() / patient / f"{sequence}.nii.gz"
                writer.writerow([patient, patient, sequence, path])
    described = task_files.load("acdc")
    spacing_mm = (120 / shape[0], 192 / shape[1], 192 / shape[2])
    grid = dataclasses.replace(described.grid, spacing_mm=spacing_mm, shape=shape)
    return ingested(
        out,
        kind="table",
        source=table,
        labels=acdc / "labels.csv",
        described=dataclasses.replace(described, grid=grid),
    )


def ingested(out, *, kind, source, labels, described):
    """The data set at `out`, made once; a fixed key, so that folds are repeatable."""
    from pipelines.ingestion.ingest_cohort import ingest
    from pipelines.ingestion.request import Request

    if not out.exists():
        key = out.with_name(f"{out.name}.key")
        key.write_text("0" * 64 + "\n", encoding="utf-8")
        key.chmod(0o600)
        ingest(
            Request(
                kind=kind,
                source=source,
                labels=labels,
                task=described,
                key=key,
                out=out,
                workers=os.cpu_count(),
            )
        )
    return out


def recipe(case, weights):
    """What one case trains, from one kind of weights."""
    from pipelines.augment.augmentation import Augmentation
    from pipelines.augment.spatial.settings import Spatial
    from pipelines.batches.slices import Slices
    from zoo.recipes.optimisation import Optimisation
    from zoo.recipes.recipe import Recipe

    acdc = case["data"] == "acdc"
    return Recipe(
        arch=case["arch"],
        weights=weights,
        normalisation="zscore",
        slices=Slices(train=2, evaluate=6, depth=(0.2, 0.8)),
        augmentation=Augmentation(
            spatial=Spatial(flip=("height", "width") if acdc else ())
        ),
        optimisation=Optimisation(
            learning_rate=RATES[weights],
            epochs=case["epochs"],
            patience=case["epochs"],
            batch_size=6,
            clip_norm=1.0,
        ),
    )


def train(name, case, weights, data, fold, options):
    """One fold in a process of its own; the run's path and the seconds it took."""
    from pipelines.storage import config_files

    run = options.work / "runs" / f"{name}-{weights}-{fold}"
    if (run / "metrics.json").is_file():
        return run
    toml = options.work / f"{name}-{weights}.toml"
    toml.write_text(config_files.to_toml(recipe(case, weights)), encoding="utf-8")
    command = [sys.executable, "-m", "zoo.train", "--data", str(data)]
    command += ["--fold", str(fold), "--out", str(run)]
    if run.exists():
        command += ["--resume"]
    else:
        command += ["--recipe", str(toml)]
    environment = os.environ | {"ZOO_WEIGHTS": str(options.weights)}
    start = time.perf_counter()
    log = options.work / f"{name}-{weights}-{fold}.log"
    with log.open("w", encoding="utf-8") as file:
        subprocess.run(
            command, cwd=ROOT, env=environment, stdout=file, stderr=file, check=True
        )
    print(f"{run.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return run


def judged(runs, out):
    """Out-of-fold AUC and accuracy with their intervals, by `zoo.evaluate`."""
    command = [sys.executable, "-m", "zoo.evaluate", *map(str, runs), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    evidence = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    level = evidence["splits"]["test"]["patient"]
    return {name: level[name] for name in ("auc", "accuracy")}


def shown(measure):
    """`0.812 (0.730-0.880)` of a metric with its interval."""
    from zoo.evaluation.results.shown import preferred

    interval = preferred(measure)
    if interval is None:
        return f"{measure['value']:.3f}"
    return f"{measure['value']:.3f} ({interval['low']:.3f}-{interval['high']:.3f})"


def compared(name, options):
    """What `judged` gives of a case, a row for each kind of weights."""
    from pipelines.records.directory import open_dataset

    case = CASES[name]
    if case["data"] == "acdc":
        data = acdc_data(options.work, options.acdc, shape=(12, 128, 128))
    else:
        data = phantom_data(options.work)
    folds = open_dataset(str(data)).task.split.folds
    runs = {
        weights: [
            train(name, case, weights, data, fold, options) for fold in range(folds)
        ]
        for weights in RATES
    }
    rows = []
    for weights, of_folds in runs.items():
        out = options.work / "evidence" / f"{name}-{weights}"
        metrics = judged(of_folds, out)
        rows.append({"case": name, "weights": weights, "folds": folds, **metrics})
    return rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", required=True, metavar="DIR")
    parser.add_argument("--acdc", type=Path, metavar="DIR")
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    rows = [row for name in options.only for row in compared(name, options)]
    (options.work / "transfer.json").write_text(
        json.dumps(rows, indent=2) + "\n", encoding="utf-8"
    )
    print(f"{'case':18} {'weights':9} {'folds':5}  {'AUC':20}  accuracy")
    for row in rows:
        print(
            f"{row['case']:18} {row['weights']:9} {row['folds']:5}  "
            f"{shown(row['auc']):20}  {shown(row['accuracy'])}"
        )
    print(options.work / "transfer.json")


if __name__ == "__main__":
    main()
