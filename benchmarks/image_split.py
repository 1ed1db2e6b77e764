"""How much dealing images instead of patients flatters, by the study glioma_voting.

    python benchmarks/image_split.py --work DIR [--cohort signs no_signs]
        [--patients 40] [--epochs 16] [--slices 20]

Runs `python -m zoo.study` with `--split-by image` on two phantom cohorts of one size,
half of the patients with either class, no scanner going with it:

    signs      the pictures show the class, as the shipped plan says
    no_signs   they show nothing of it (the strength of every sign is 0): whoever tells
               the classes apart on the test has seen the patients before

Networks, rates and matrix are those of the study's `--quick`. Of the patients (images)
three fifths train, a tenth validate and three tenths are the test's. A study that is
finished in DIR is not run again, one that was cut short goes on. Prints the table of
docs/images-split.md; the intervals by image are those of the study's page, which take
neighbouring slices for independent.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

COHORTS = ("signs", "no_signs")
SPLIT = {"train": 0.6, "validation": 0.1, "test": 0.3}


def planned(cohort, patients):
    """The shipped plan with as many patients of either class, and no confounder."""
    from pipelines.phantoms import plans

    plan = plans.load("glioma_voting")
    signs = plan.signs
    if cohort == "no_signs":
        signs = tuple(dataclasses.replace(sign, strength=0.0) for sign in signs)
    return dataclasses.replace(
        plan,
        prevalence=(0.5, 0.5),
        signs=signs,
        confounders=(),
        quick=dataclasses.replace(plan.quick, patients=patients),
    )


def study_of(plan_path, *, slices, epochs):
    """The shipped study on that plan."""
    from zoo.studies import study

    shipped = study.load("glioma_voting")
    depth, *matrix = shipped.quick_task["grid"]["shape"]
    shape = [min(slices, depth), *matrix]
    task = {
        "grid": {"shape": shape},
        "steps": {"roi_slices": shape[0]},
        "split": SPLIT,
    }
    return dataclasses.replace(
        shipped,
        phantom=study.Phantom(plan=str(plan_path)),
        quick_task=task,
        train=tuple(_shortened(training, epochs) for training in shipped.train),
    )


def _shortened(training, epochs):
    optimisation = {**training.quick["optimisation"], "epochs": epochs}
    quick = {**training.quick, "optimisation": optimisation}
    return dataclasses.replace(training, quick=quick)


def run(work, cohort, asked):
    """The finished study as data.

    The files are written once: a study goes on with those that it began with.
    """
    from pipelines.storage import config_files

    folder = work / cohort
    folder.mkdir(parents=True, exist_ok=True)
    plan_path, study_path = folder / "plan.toml", folder / "study.toml"
    if not study_path.exists():
        plan = planned(cohort, asked.patients)
        plan_path.write_text(config_files.to_toml(plan), encoding="utf-8")
        made = study_of(plan_path, slices=asked.slices, epochs=asked.epochs)
        study_path.write_text(config_files.to_toml(made), encoding="utf-8")
    out = folder / "study"
    if not (out / "study.json").exists():
        command = [sys.executable, "-m", "zoo.study", str(study_path), "--phantom"]
        command += ["--quick", "--weights", "none", "--split-by", "image"]
        subprocess.run([*command, "--out", str(out)], cwd=ROOT, check=True)
    return json.loads((out / "study.json").read_text(encoding="utf-8"))


def table(reports):
    """Lines of Markdown, of every row of the paper's table that was made."""
    yield (
        "| cohort | network | AUC by patient | by image | accuracy by patient | "
        "by image | n patients / images |"
    )
    yield "|---|---|---|---|---|---|---|"
    for cohort, report in reports.items():
        for row in report["tables"][0]["rows"]:
            patient, image = row["ours"], row["ours_by_image"]
            cells = [patient[0], image[0], patient[1], image[1]]
            n = f"{patient[0]['number']} / {image[0]['number']}"
            texts = [cohort, row["label"], *(cell["text"] for cell in cells), n]
            yield f"| {' | '.join(texts)} |"


def main():
    """Runs what is asked for and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--cohort", nargs="+", choices=COHORTS, default=COHORTS)
    parser.add_argument("--patients", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--slices", type=int, default=20, help="of a patient, to 20")
    asked = parser.parse_args()
    work = asked.work.absolute()
    reports = {cohort: run(work, cohort, asked) for cohort in asked.cohort}
    print("\n".join(table(reports)))


if __name__ == "__main__":
    main()
