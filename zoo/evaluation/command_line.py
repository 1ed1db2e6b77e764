"""The command line of `zoo.evaluate`."""

import argparse

from zoo.evaluation.results.settings import DESIGNS

_DESCRIPTION = """\
Judges predictions: metrics with confidence intervals by patient and by sample, and
figures: of classes ROC and precision-recall curves, confusion matrices and calibration,
of numbers scatter and Bland-Altman.

One run: all its splits. The directory of `zoo.train --folds all`, or several runs: the
folds of one cross-validation, their test predictions pooled. An ensemble: likewise, and
its gain over its best member. A predictions.csv from elsewhere: its classes in header
order. With --by, all figures of subgroups too, with tests between them and a forest
plot (docs/subgroups.md).
"""

_EXAMPLES = """\
examples:
  python -m zoo.evaluate runs/liver
      judges one run and renews its metrics.json and figures/
  python -m zoo.evaluate runs/heart
      made by --folds all: renews its summary/, and holdout/ where that was judged; with
      --repeats: those of each repeat, and the summary of all
  python -m zoo.evaluate runs/fold0 runs/fold1 runs/fold2 --out runs/summary
      pools the folds' test predictions, every patient once
  python -m zoo.evaluate runs/liver --data datasets/liver
      also writes features.npz, which older runs don't have: what the network makes of
      every sample before its head
  python -m zoo.evaluate runs/liver --prevalence 0.1 0.3
      after python -m zoo.calibrate runs/liver --operating-point youden: what the
      threshold is worth on the test split, and its PPV and NPV where one in ten, or
      three, have the disease
  python -m zoo.evaluate runs/liver --data datasets/liver --by vendor --by age:40,60
      every figure by vendor and by age below 40, 40 to below 60, from 60
  python -m zoo.evaluate runs/sites --by fold
      of folds that are sites: leave-one-site-out as one table
  python -m zoo.evaluate runs/liver --data datasets/liver --tta 8
      test-time augmentation: whether the mean over changed copies is any better
  python -m zoo.evaluate predictions.csv
      prints the tables and writes nothing
  python -m zoo.evaluate predictions.csv --by scanner
      by a further column of it
  python -m zoo.evaluate predictions.csv --out evidence --confidence 0.9
      columns: sample_id, patient_id; of classes label and prob:<class> for every class;
      of labels that do not exclude each other target:<name> (empty = not known) and
      prob:<name>; of numbers target:<name> and pred:<name>. May be there: split (else
      all is test), fold, logit:<name>, and others, as age or scanner
  python -m zoo.evaluate grades.xlsx --ordinal --out evidence --figures png,svg,pdf
      classes that are grades, lowest first; figures for a journal, too
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.evaluate",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "source",
        nargs="+",
        metavar="RUN",
        help="a run directory, several of them, that of all folds or of an ensemble, "
        "or one predictions.csv",
    )
    parsed.add_argument(
        "--out",
        metavar="DIR",
        help="where to write; one run, all folds, an ensemble: their own directory. "
        "What an evaluation wrote there before is renewed; another run's directory is "
        "refused",
    )
    parsed.add_argument(
        "--data",
        metavar="DATASET",
        help="of one run, the data set it was trained on: writes features.npz too; "
        "with --by the data set whose manifest knows the patients",
    )
    parsed.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN[:CUT,CUT]",
        help="subgroups, may stand several times: vendor, field_strength, site, sex, "
        "age_band, a covariate, fold; numbers with the places to cut at",
    )
    parsed.add_argument(
        "--covariates",
        metavar="FILE",
        help="of --by, a table with further columns, by patient_id or sample_id",
    )
    parsed.add_argument(
        "--tta",
        type=int,
        metavar="N",
        help="of one run, with --data: test-time augmentation, the mean over every "
        "volume and N changed copies of it; into RUN/tta-N, or --out",
    )
    parsed.add_argument(
        "--confidence",
        type=float,
        metavar="LEVEL",
        help="of the intervals; default: as in the run's recipe, else 0.95",
    )
    parsed.add_argument(
        "--bootstrap",
        type=int,
        metavar="N",
        help="resamples of patients, 200 or more; default: as in the run's recipe, "
        "else 2000",
    )
    parsed.add_argument(
        "--design",
        choices=DESIGNS,
        help="how the study took its patients: as they came, or so many of each class; "
        "default: as in the run's recipe, else cohort",
    )
    parsed.add_argument(
        "--seed",
        type=int,
        help="of the resampling; default: as in the run's recipe, else 0",
    )
    parsed.add_argument(
        "--prevalence",
        nargs="+",
        type=float,
        default=[],
        metavar="SHARE",
        help="of a run with a last stage: how frequent its event will be among those "
        "whom the model meets, for PPV, NPV and net benefit there",
    )
    parsed.add_argument(
        "--unknown",
        metavar="FILE",
        help="of one run with a last stage: what `zoo.predict RUN --out FILE.csv` "
        "answers of studies of no class that it knows, to be told from the known",
    )
    parsed.add_argument(
        "--ordinal",
        action="store_true",
        help="of a predictions.csv: its classes are grades, the lowest first",
    )
    parsed.add_argument(
        "--figures",
        metavar="FORMATS",
        default="png",
        help="png, svg, pdf, with commas between; default: png, which is always there",
    )
    return parsed
