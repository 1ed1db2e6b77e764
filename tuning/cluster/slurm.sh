#!/bin/bash
# A sweep by a Slurm array: each task is a worker, see docs/tuning.md, "Many machines".
#
#   sbatch --array=1-8 slurm.sh --arch cnn3d --data DATASET --space cnn3d --tuner bayesian \
#       --max-trials 40 --folds 5 --out /shared/sweeps/liver
#
# What stands behind the script's name is what `python -m tuning.search` takes. Options of
# sbatch before it replace those below. PYTHON names the interpreter of the environment
# that the project is installed in, where it is not the first on the PATH. More tasks may
# join later, by the same command; a task that Slurm ends costs the fold it was at, and
# the others take its trial up: at once after scancel or the time limit, which warn it
# (SIGTERM), else after `--silent`.
#
#SBATCH --job-name=sweep
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=24:00:00
#SBATCH --output=sweep-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
set -eu
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"
export TF_NUM_INTRAOP_THREADS="$OMP_NUM_THREADS"
exec "${PYTHON:-python}" -u -m tuning.search "$@" --join
