"""Small sweeps that the rules of `zoo.plan` rest on; no published test split is read.

    python benchmarks/plan_evidence.py --work DIR --shared DIR [--only NAME ...]
        [--results FILE]

Of the training split of VesselMNIST3D and AdrenalMNIST3D (`--shared`/NAME/NAME.npz) a
few patients are drawn, as many as a small study has, and half as many of the official
validation split choose the best epoch; what is left of the training split, 400
patients, judges. The official test split does not enter these data sets at all. Every
setting differs from `base` in what its line says, and nothing else; one seed.

A line of `--results` (benchmarks/results/plan_evidence.csv) is written as soon as its
run is done and is never computed again, so that an interrupted sweep goes on with the
same command.
"""

import argparse
import csv
import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from transfer import ROOT

DATA = ("vesselmnist3d", "adrenalmnist3d")
JUDGING = 400
EPOCHS = {50: 40, 200: 16}
BASE = {
    "arch": "cnn3d",
    "normalisation": "none",
    "optimisation.learning_rate": 1e-3,
    "optimisation.batch_size": 8,
    "optimisation.ema_decay": 0.98,
    "optimisation.schedule.kind": "cosine",
    "optimisation.schedule.warmup_epochs": 1,
    "optimisation.schedule.lowest": 0.01,
}
SETTINGS = {
    "base": {},
    "flips": {"augmentation.spatial.flip": ["depth", "height", "width"]},
    "poses": {
        "augmentation.spatial.rotation_degrees": [15, 0, 0],
        "augmentation.spatial.scale": [0.9, 1.1],
        "augmentation.spatial.translation": [0, 0.05, 0.05],
    },
    "constant": {
        "optimisation.ema_decay": 0,
        "optimisation.schedule.kind": "constant",
        "optimisation.schedule.warmup_epochs": 0,
        "optimisation.schedule.lowest": 0,
    },
    "balanced": {"optimisation.class_weights": "balanced"},
    "resnet3d18": {"arch": "resnet3d18"},
    "zscore": {"normalisation": "zscore"},
    "batch16": {"optimisation.batch_size": 16},
    "slow": {"optimisation.learning_rate": 3e-4},
}
RUNS = [
    (200, "base"),
    (200, "poses"),
    (200, "flips"),
    (200, "constant"),
    (200, "resnet3d18"),
    (50, "base"),
    (50, "poses"),
    (50, "resnet3d18"),
    (200, "balanced"),
    (200, "zscore"),
    (50, "constant"),
    (200, "batch16"),
    (200, "slow"),
]
COLUMNS = (
    "data",
    "patients",
    "setting",
    "epochs",
    "best_epoch",
    "validation_auc",
    "held_out_auc",
    "low",
    "high",
    "held_out_accuracy",
    "seconds",
)


def drawn(labels, number, random):
    """Indices of so many volumes, each class by its share, at least one."""
    chosen = []
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        share = max(1, round(number * len(members) / len(labels)))
        chosen += members[:share].tolist()
    return np.sort(chosen)


def small_study(name, patients, options):
    """The data set of a few training patients, made once."""
    from pipelines.ingestion.ingest_cohort import ingest
    from pipelines.ingestion.request import Request
    from pipelines.tasks import task as tasks

    out = options.work / f"{name}-{patients}"
    if out.exists():
        return out
    with np.load(options.shared / name / f"{name}.npz") as archive:
        images, labels = archive["train_images"], archive["train_labels"].ravel()
        validation = archive["val_images"], archive["val_labels"].ravel()
    random = np.random.default_rng(0)
    train = drawn(labels, patients, random)
    rest = np.setdiff1d(np.arange(len(labels)), train)
    judging = rest[drawn(labels[rest], JUDGING, random)]
    choosing = drawn(validation[1], patients // 2, random)
    file = options.work / f"{name}-{patients}.npz"
    np.savez(
        file,
        train_images=images[train],
        train_labels=labels[train],
        val_images=validation[0][choosing],
        val_labels=validation[1][choosing],
        test_images=images[judging],
        test_labels=labels[judging],
    )
    key = options.work / "sweep.key"
    key.write_text("0" * 64 + "\n", encoding="utf-8")
    key.chmod(0o600)
    task = dataclasses.replace(tasks.load(name), name=f"{name}-{patients}")
    ingest(
        Request(kind="medmnist", source=file, labels=None, task=task, key=key, out=out)
    )
    return out


def recipe(patients, setting):
    """The recipe of one run."""
    from zoo.recipes import edit
    from zoo.recipes.recipe import Recipe

    epochs = EPOCHS[patients]
    optimisation = {"optimisation.epochs": epochs, "optimisation.patience": epochs}
    return edit.edit_all(Recipe(), BASE | optimisation | SETTINGS[setting])


def run(name, patients, setting, options):
    """Trains and judges in a process of its own; the line of the results."""
    from pipelines.storage import config_files

    data = small_study(name, patients, options)
    out = options.work / "runs" / f"{name}-{patients}-{setting}"
    toml = options.work / f"{patients}-{setting}.toml"
    toml.write_text(config_files.to_toml(recipe(patients, setting)), encoding="utf-8")
    command = [sys.executable, "-m", "zoo.train", "--data", str(data)]
    command += ["--out", str(out)]
    command += ["--resume"] if out.exists() else ["--recipe", str(toml)]
    start = time.perf_counter()
    with (options.work / "log.txt").open("a", encoding="utf-8") as log:
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=True)
    seconds = time.perf_counter() - start
    with (out / "history.csv").open(encoding="utf-8") as file:
        aucs = [float(row["val_auc"]) for row in csv.DictReader(file)]
    evidence = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    judged = evidence["splits"]["test"]["patient"]
    return {
        "data": name,
        "patients": patients,
        "setting": setting,
        "epochs": len(aucs),
        "best_epoch": 1 + int(np.argmax(aucs)),
        "validation_auc": f"{max(aucs):.4f}",
        **auc_of(judged),
        "held_out_accuracy": f"{judged['accuracy']['value']:.4f}",
        "seconds": round(seconds),
    }


def auc_of(judged):
    """The AUC of a level of the evidence with the interval that it shows."""
    from zoo.evaluation.results.shown import preferred

    interval = preferred(judged["auc"])
    return {
        "held_out_auc": f"{judged['auc']['value']:.4f}",
        "low": f"{interval['low']:.4f}",
        "high": f"{interval['high']:.4f}",
    }


def finished(results):
    """Runs that have a line."""
    if not results.exists():
        return set()
    with results.open(encoding="utf-8", newline="") as file:
        return {
            (row["data"], int(row["patients"]), row["setting"])
            for row in csv.DictReader(file)
        }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--shared", type=Path, required=True, metavar="DIR")
    parser.add_argument("--only", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "benchmarks" / "results" / "plan_evidence.csv",
        metavar="FILE",
    )
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    for patients, setting in RUNS:
        for name in DATA:
            key = (name, patients, setting)
            if setting not in options.only or key in finished(options.results):
                continue
            line = run(name, patients, setting, options)
            new = not options.results.exists()
            with options.results.open("a", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                if new:
                    writer.writeheader()
                writer.writerow(line)
            print(line, file=sys.stderr, flush=True)
    print(options.results)


if __name__ == "__main__":
    main()
