"""What sweeps cost, what their tuners find, what giving trials up spares: on ACDC.

    python benchmarks/sweeps.py train NAME --work DIR --acdc DIR [--budget 40m]
    python benchmarks/sweeps.py overhead SWEEP [SWEEP ...]
    python benchmarks/sweeps.py keep SWEEP
    python benchmarks/sweeps.py replay [--grid DIR] [--seeds 20] [--orders 200]

`train` runs `tuning.search`, or goes on with it where it was stopped, into DIR/NAME:

    grid                  every combination of grids/acdc_cnn3d.toml on five folds of
                          the 50 patients, 8x32x32 voxels, 27 epochs
    overhead-cnn3d        the shipped acdc_cnn3d and
    overhead-resnet3d18   acdc_resnet3d18 as they are, on five folds, 12x64x64 voxels

`overhead` lists where the time of finished folds went; `keep` writes the completed part
of the grid into grids/acdc_cnn3d; `replay` searches there without training, by the
oracles and the rule of `tuning` themselves. Its tables are in docs/tuning.md.

`--acdc` is a folder with labels.csv and <patient>/ED.nii.gz and ES.nii.gz.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import sweep_abandonment
import sweep_grid
import sweep_oracles
import sweep_overhead
from transfer import ROOT, acdc_data

GRIDS = Path(__file__).resolve().parent / "grids"
KEPT = GRIDS / "acdc_cnn3d"
LEVELS = (0.05, 0.1, 0.2, 0.3)
_PLAIN = GRIDS / "as_shipped.toml"
TRAININGS = {  # shape, options of tuning.search
    "grid": (
        (8, 32, 32),
        "--arch cnn3d --epochs 27 --optimisation.patience 27 "
        f"--optimisation.batch-size 6 --space {KEPT.with_suffix('.toml')}",
    ),
    "overhead-cnn3d": (
        (12, 64, 64),
        f"--arch cnn3d --recipe acdc_cnn3d --space {_PLAIN}",
    ),
    "overhead-resnet3d18": (
        (12, 64, 64),
        f"--arch resnet3d18 --recipe acdc_resnet3d18 --space {_PLAIN}",
    ),
}


def train(options):
    """The sweep's directory, with what could be done in the time."""
    shape, words = TRAININGS[options.name]
    work = options.work.resolve()
    (work / "data").mkdir(parents=True, exist_ok=True)
    data = acdc_data(work / "data", options.acdc, shape=shape)
    out = work / options.name
    command = [sys.executable, "-m", "tuning.search", *words.split()]
    command += ["--tuner", "grid", "--exact", "--folds", "5"]
    command += ["--objective", sweep_grid.OBJECTIVE]
    command += ["--data", str(data), "--out", str(out)]
    if options.budget:
        command += ["--budget", options.budget]
    subprocess.run(command, cwd=ROOT, check=False)
    print(out)


def overhead(options):
    print(sweep_overhead.table(options.sweep))


def keep(options):
    trials = sweep_grid.keep(options.sweep, KEPT)
    print(f"{trials} trials", file=sys.stderr)
    print(KEPT)


def replay(options):
    began = time.process_time()
    grid = sweep_grid.read(options.grid)
    full = [trial.objective for trial in grid.trials]
    print(
        f"{len(full)} trials of {len(grid.trials[0].folds)} folds, {grid.epochs} "
        f"epochs; mean AUC over folds {min(full):.4f} to {max(full):.4f}\n\n"
        f"Giving up, {options.orders} orders of trials and folds:\n"
    )
    orders, seeds = options.orders, options.seeds
    print(sweep_abandonment.table(grid, seeds=orders, levels=LEVELS))
    print(f"\nBest so far, mean of {seeds} seeds ± standard error of the lead:\n")
    costs = [cost for cost in (1, 2, 3, 4, 6, 8, 12, 16) if cost <= len(full) / 2]
    print(sweep_oracles.table(grid, seeds=seeds, costs=costs))
    print(f"\n{time.process_time() - began:.0f} CPU seconds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("train")
    command.add_argument("name", choices=TRAININGS)
    command.add_argument("--work", type=Path, required=True, metavar="DIR")
    command.add_argument("--acdc", type=Path, required=True, metavar="DIR")
    command.add_argument("--budget", metavar="TIME", help="over all calls")
    command.set_defaults(run=train)
    command = commands.add_parser("overhead")
    command.add_argument("sweep", type=Path, nargs="+")
    command.set_defaults(run=overhead)
    command = commands.add_parser("keep")
    command.add_argument("sweep", type=Path)
    command.set_defaults(run=keep)
    command = commands.add_parser("replay")
    command.add_argument("--grid", type=Path, default=KEPT, metavar="DIR")
    command.add_argument("--seeds", type=int, default=20)
    command.add_argument("--orders", type=int, default=200)
    command.set_defaults(run=replay)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
