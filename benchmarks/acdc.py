"""Five cardiac diagnoses from 50 patients: networks, CutMix and covariates compared.

    python benchmarks/acdc.py --work DIR --weights DIR --acdc DIR [--only CASE ...]

Every case is a shipped recipe, trained with `--folds all` on the same five folds of the
same patients; with `cutmix`, half of the samples of a batch get a box from another one;
nothing else differs. The figures are out of fold: every patient is tested once, by the
model that was best on its fold's validation part. Last, the case whose models were best
on their validation parts (mean of the folds) is trained with height and weight beside
the image, and stands beside the logistic regression on these two alone. One fold's
validation part is another's test part, so that choice has seen every patient: the last
rows are a little better than they would be on new ones.

The six networks together are an ensemble, the mean of their probabilities, and
`zoo.compare` tests every one of them and the ensemble against the network that was best
on its validation parts.

    2d         acdc_inception: GoogLeNet from ImageNet, 128x128, two slices a study
    scratch    acdc_cnn3d: a 3D network from scratch, 12x64x64
    inflated   acdc_inception3d: GoogLeNet inflated from ImageNet, 32x64x64 of the same
               field of view, since it halves every axis five times
    2d-cutmix, scratch-cutmix, inflated-cutmix, and the best one with covariates

`--acdc` is a folder with labels.csv and <patient>/ED.nii.gz and ES.nii.gz; `--weights`
is where GoogLeNet's weights are, as `ZOO_WEIGHTS`. What is finished in `--work` is not
trained again. Prints tables, writes DIR/acdc.json and DIR/comparison/.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from transfer import ROOT, acdc_data, shown

NETWORKS = {
    "2d": ("acdc_inception", (12, 128, 128)),
    "scratch": ("acdc_cnn3d", (12, 64, 64)),
    "inflated": ("acdc_inception3d", (32, 64, 64)),
}
CUTMIX = ("--augmentation.mixing.cutmix", "0.5")
COVARIATES = ("--head.covariates", "height_cm", "weight_kg")
PLAIN = {
    f"{name}{ending}": (*network, options)
    for ending, options in (("", ()), ("-cutmix", CUTMIX))
    for name, network in NETWORKS.items()
}


def train(name, case, data, options):
    """All folds; the directory of the cross-validation."""
    recipe, shape, changes = case
    out = options.work / "runs" / name
    if (out / "summary" / "metrics.json").is_file():
        return out
    command = [sys.executable, "-m", "zoo.train", "--data", str(data[shape])]
    command += ["--folds", "all", "--out", str(out)]
    command += ["--resume"] if out.exists() else ["--recipe", recipe, *changes]
    start = time.perf_counter()
    with (options.work / f"{name}.log").open("a", encoding="utf-8") as log:
        subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"ZOO_WEIGHTS": str(options.weights.resolve())},
            stdout=log,
            stderr=log,
            check=True,
        )
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return out


def validation(directory):
    """Mean over the folds of the best epoch's AUC on the validation part."""
    best = []
    for history in sorted(directory.glob("fold-*/history.csv")):
        with history.open(encoding="utf-8") as file:
            best.append(max(float(row["val_auc"]) for row in csv.DictReader(file)))
    return statistics.mean(best)


def together(directories, options):
    """The ensemble of finished cross-validations, made once."""
    out = options.work / "runs" / "ensemble"
    if not out.is_dir():
        run("zoo.ensemble", *directories, "--rule", "mean", "--out", out)
    return out


def compared(reference, others, options):
    """Prints what differs from the reference, with intervals and paired tests."""
    out = options.work / "comparison"
    shutil.rmtree(out, ignore_errors=True)  # of an earlier call
    run(
        "zoo.compare",
        *(reference, *others, "--reference", reference),
        *("--figure", "auc", "--figure", "accuracy"),
        *("--out", out),
    )


def run(module, *arguments):
    """Another command of the zoo, shown as it runs."""
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, check=True
    )


def row(name, directory, *, of="network"):
    """What a network, an ensemble, or the baseline beside one reached out of fold."""
    folder = directory if of == "ensemble" else directory / "summary"
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    judged = metrics["baseline"] if of == "baseline" else metrics
    level = judged["splits"]["test"]["patient"]
    return {
        "case": name,
        "validation_auc": validation(directory) if of == "network" else None,
        **{measure: level[measure] for measure in ("auc", "accuracy")},
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--weights", type=Path, required=True, metavar="DIR")
    parser.add_argument("--acdc", type=Path, required=True, metavar="DIR")
    parser.add_argument("--only", nargs="+", choices=PLAIN, default=list(PLAIN))
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    data = {
        shape: acdc_data(options.work, options.acdc, shape=shape)
        for shape in sorted({shape for _, shape in NETWORKS.values()})
    }
    rows, directories = [], {}
    for name in options.only:
        directories[name] = train(name, PLAIN[name], data, options)
        rows.append(row(name, directories[name]))
    if set(options.only) == set(PLAIN):
        best = max(rows, key=lambda row: row["validation_auc"])["case"]
        recipe, shape, changes = PLAIN[best]
        case = (recipe, shape, (*changes, *COVARIATES))
        ensemble = together(directories.values(), options)
        rows.append(row("ensemble", ensemble, of="ensemble"))
        reference = directories.pop(best)
        compared(reference, [*directories.values(), ensemble], options)
        name = f"{best}-covariates"
        directory = train(name, case, data, options)
        rows.append(row(name, directory))
        rows.append(row("covariates alone", directory, of="baseline"))
    (options.work / "acdc.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    print(f"{'case':28} {'validation AUC':15} {'AUC':20}  accuracy")
    for line in rows:
        chosen_by = line["validation_auc"]
        print(
            f"{line['case']:28} {f'{chosen_by:.3f}' if chosen_by else '':15} "
            f"{shown(line['auc']):20}  {shown(line['accuracy'])}"
        )
    print(options.work / "acdc.json")


if __name__ == "__main__":
    main()
