"""What `zoo.plan` reaches untuned, by rules made without the data set it is tested on.

    python benchmarks/plan.py --work DIR --shared DIR [--data NAME ...]
        [--case CASE ...] [--seeds N ...] [--results FILE]

VesselMNIST3D and AdrenalMNIST3D with their official splits are ingested from
`--shared`/NAME/NAME.npz. The recipe is that of `zoo.plan --data NAME --without NAME`:
all evidence that comes from the data set itself is struck. Cases:

    mirrored    with `--mirror depth height width`: that shapes have no sides is known
                from what they are, and can't be from the data (the default)
    planned     without

Each seed is trained with the test split left unread, then judged once. A line of
`--results` (benchmarks/results/plan_proof.csv) is written as soon as a run is done and
is never computed again; an interrupted run goes on where it was, with the same command.
Wanted over three seeds: a test AUC of .91 (vessel) and .885 (adrenal).
"""

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from plan_evidence import DATA, auc_of
from transfer import ROOT

CASES = {"mirrored": ("--mirror", "depth", "height", "width"), "planned": ()}
COLUMNS = (
    "data",
    "case",
    "seed",
    "recipe",
    "epochs",
    "best_epoch",
    "validation_auc",
    "test_auc",
    "low",
    "high",
    "test_accuracy",
)


def call(options, *arguments):
    """A command of ours, its output into the log."""
    command = [sys.executable, "-m", *map(str, arguments)]
    with (options.work / "log.txt").open("a", encoding="utf-8") as log:
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=True)


def official(name, options):
    """The data set with its official split, made once."""
    out = options.work / name
    if not out.exists():
        source = options.shared.resolve() / name / f"{name}.npz"
        place = ("--key", options.work / "proof.key", "--out", out)
        call(options, "pipelines.ingest", "--medmnist", source, "--task", name, *place)
    return out


def run(name, case, seed, options):
    """Trains and judges; the line of the results."""
    from zoo.runs.run import Run

    data = official(name, options)
    toml = options.work / f"{name}-{case}.toml"
    facts = (*CASES[case], "--without", name, "--out", toml)
    toml.unlink(missing_ok=True)  # of another seed, or an earlier call
    call(options, "zoo.plan", "--data", data, *facts)
    out = options.work / "runs" / f"{name}-{case}-{seed}"
    where = ("--data", data, "--out", out)
    if out.exists():
        call(options, "zoo.train", *where, "--resume")
    else:
        recipe = ("--recipe", toml, "--seed", seed, "--leave-test")
        call(options, "zoo.train", *where, *recipe)
    if Run.resume(out).leaves_test:
        call(options, "zoo.train", *where, "--resume", "--judge-test")
    with (out / "history.csv").open(encoding="utf-8") as file:
        aucs = [float(row["val_auc"]) for row in csv.DictReader(file)]
    evidence = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    judged = evidence["splits"]["test"]["patient"]
    auc = auc_of(judged)
    return {
        "data": name,
        "case": case,
        "seed": seed,
        "recipe": hashlib.sha256((out / "recipe.toml").read_bytes()).hexdigest()[:16],
        "epochs": len(aucs),
        "best_epoch": 1 + aucs.index(max(aucs)),
        "validation_auc": f"{max(aucs):.4f}",
        "test_auc": auc["held_out_auc"],
        "low": auc["low"],
        "high": auc["high"],
        "test_accuracy": f"{judged['accuracy']['value']:.4f}",
    }


def finished(results):
    """Runs that have a line."""
    if not results.exists():
        return set()
    with results.open(encoding="utf-8", newline="") as file:
        return {(r["data"], r["case"], int(r["seed"])) for r in csv.DictReader(file)}


def append(line, results):
    """One more line, below the headings."""
    new = not results.exists()
    with results.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(line)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--shared", type=Path, required=True, metavar="DIR")
    parser.add_argument("--data", nargs="+", choices=DATA, default=[*DATA])
    parser.add_argument("--case", nargs="+", choices=CASES, default=["mirrored"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument(
        "--results",
        type=Path,
        default=ROOT / "benchmarks" / "results" / "plan_proof.csv",
        metavar="FILE",
    )
    options = parser.parse_args()
    options.work = options.work.resolve()
    (options.work / "runs").mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONPATH"] = str(ROOT)
    for case in options.case:
        for seed in options.seeds:
            for name in options.data:
                if (name, case, seed) in finished(options.results):
                    continue
                start = time.perf_counter()
                line = run(name, case, seed, options)
                append(line, options.results)
                seconds = time.perf_counter() - start
                print(f"{line}, {seconds:.0f} s", file=sys.stderr, flush=True)
    print(options.results)


if __name__ == "__main__":
    main()
