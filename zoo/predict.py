"""Command: the class of new studies by a finished run."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import zoo
from pipelines import command
from pipelines.cohort import new_covariates
from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion import named_sequences
from pipelines.storage import output_paths
from zoo.prediction import finished_runs
from zoo.runs.run import Run

if TYPE_CHECKING:  # they load TensorFlow, and the command line is read before
    from pipelines.ingestion.new_study import OneRecord
    from zoo.prediction.output_format import Outputs
    from zoo.prediction.predictor import Predictor
    from zoo.prediction.result_file import Prediction
    from zoo.targets.target_output import TargetOutput

    Covariates = Callable[[Mapping[str, str]], tuple[float, ...]]

_DESCRIPTION = """\
Predicts the class (or labels, or numbers) of new studies with the model of a finished
run, or with the mean of all folds of a cross-validation. A study goes the way that the
run's data set went: the same sequence rules, grid and normalisation.

Result files name studies by their number alone. With --with-ids they also hold
PatientID, StudyInstanceUID (or accession number) and SeriesInstanceUID: they are then
personal data, to be kept as such.
"""

_EXAMPLES = """\
examples:
  python -m zoo.predict runs/liver --dicom /data/new
      every study below the directory
  python -m zoo.predict runs/liver --dicom /data/new --out result.csv --with-ids
  python -m zoo.predict runs/heart --dicom /data/new --out result.csv
      runs/heart was made by --folds all: the mean of its folds, and in the file beside
      it what each fold predicts, in columns fold_0.class, fold_0.prob:<class>, ...
  python -m zoo.predict runs/liver --nifti T1WI=t1.nii.gz T2WI=t2.nii.gz --out r.json
      one study; sequences are named as in the run's task
  python -m zoo.predict runs/glioma --nifti T1WI=t1.nii.gz --mask tumour.nii.gz
      a run whose task crops to a region of interest
  python -m zoo.predict runs/liver --dicom /data/new --covariates new.csv
      a run whose network also sees covariates: a key column as in labels.csv, and them
  python -m zoo.predict runs/liver --nifti T1WI=t1.nii.gz --covariates age=61 sex=
      one study; sex is not known

exit code 1 if a study could not be predicted; the others are predicted all the same
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.predict",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "run",
        metavar="RUN",
        help="directory of a finished run, or of all folds of a cross-validation",
    )
    source = parsed.add_mutually_exclusive_group(required=True)
    source.add_argument("--dicom", metavar="DIR", help="a tree of DICOM files")
    source.add_argument(
        "--nifti",
        nargs="+",
        metavar="SEQ=FILE",
        help="the sequences of one study (one series: series=FILE)",
    )
    parsed.add_argument(
        "--covariates",
        nargs="+",
        metavar="FILE|NAME=VALUE",
        help="what the network sees beside the images: with --dicom a .csv file, with "
        "--nifti each by its name, empty = not known",
    )
    parsed.add_argument(
        "--mask",
        metavar="FILE",
        help="with --nifti, the region of interest, where the run's task crops to one",
    )
    parsed.add_argument("--out", metavar="FILE", help="result as .csv or .json")
    parsed.add_argument(
        "--with-ids",
        action="store_true",
        help="put the patient's and the study's own ids in the table and the result",
    )
    parsed.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes that read DICOM headers (default 1)",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints one line per study and the path that was written."""
    options = parser().parse_args(argv)
    named = None if options.nifti is None else _named("--nifti", options.nifti)
    _check(options)
    run, *_ = finished_runs.by_fold(options.run).values()
    covariates = _covariates(options, run)
    _check_mask(options, run)
    if named is not None:
        named_sequences.check(named, run.task)
    from tqdm import tqdm

    from pipelines.ingestion.new_study import dicom_records, nifti_record
    from zoo.prediction import result_file

    predictor = zoo.load(options.run)
    if named is None:
        records = dicom_records(
            options.dicom, run.task, workers=options.workers, covariates=covariates
        )
    else:
        records = (
            nifti_record(named, run.task, covariates=covariates, mask=options.mask),
        )
    predictions = [
        _prediction(number, study, predictor)
        for number, study in enumerate(tqdm(records, unit="study", disable=None), 1)
    ]
    for line in _table(predictions, run.target_outputs, options.with_ids):
        print(line)
    if options.out is not None:
        result_file.write(
            options.out, predictions, run, folds=predictor.folds, ids=options.with_ids
        )
        print(options.out)
    return int(any(prediction.error is not None for prediction in predictions))


def _prediction(number: int, study: OneRecord, predictor: Predictor) -> Prediction:
    """What is predicted of a study, or why nothing is; the others go on."""
    from pipelines.ingestion.study_fault import attempt
    from zoo.prediction.result_file import Prediction

    about = {"number": number, "name": study.name, "ids": study.ids}
    if study.record is None:
        return Prediction(**about, error=study.error)
    each = attempt(lambda: _outputs(study, predictor), step="predicting")
    if isinstance(each, StudyError):
        return Prediction(**about, error=each)
    folds = {fold: predictor.answer({fold: each[fold]}) for fold in predictor.folds}
    return Prediction(**about, outputs=predictor.answer(each), by_fold=folds)


def _outputs(study: OneRecord, predictor: Predictor) -> dict[str, Outputs]:
    """The outputs of each network.

    Raises:
        StudyError: the network gives no finite numbers, or does not take the record.
    """
    try:
        return predictor.predict_each(study.record, name=study.name)
    except DataError as error:
        raise StudyError(
            code="no_prediction",
            problem="the network gives no valid prediction for this study",
            cure="Look at the study with a viewer; if all studies fail, train anew",
            private=str(error),
        ) from error


def _named(option: str, pairs: Sequence[str]) -> dict[str, str]:
    """The values by name; a file must not be empty, a covariate may."""
    of_files = option == "--nifti"
    named = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals and (value or not of_files)):
            wanted = "SEQ=FILE" if of_files else "NAME=VALUE here"
            raise UsageError(f"{option} wants {wanted}. Received: {pair}")
        if name in named:
            raise UsageError(f"{option} names {name} twice")
        named[name] = value
    return named


def _covariates(options: argparse.Namespace, run: Run) -> Covariates | None:
    """What gives the covariates of a study by its ids; none where none are wanted."""
    names, given = run.recipe.head.covariates, options.covariates
    if bool(names) != bool(given):
        wanted = f"sees {', '.join(names)}" if names else "sees no covariates"
        cure = "Give them by --covariates" if names else "Leave --covariates out"
        raise UsageError(f"the network of {run.path} {wanted}. {cure}")
    if not names:
        return None
    if options.dicom is None:
        cells = _named("--covariates", given)
        return lambda ids: new_covariates.named(cells, run.task, names)
    if len(given) > 1 or not Path(given[0]).is_file():
        raise UsageError(
            f"with --dicom, --covariates wants one .csv file. Received: {given}"
        )
    return new_covariates.read(given[0], run.task, names).find


def _check_mask(options: argparse.Namespace, run: Run) -> None:
    """A mask is there where it is wanted, and nowhere else."""
    wants = run.task.steps.wants_mask
    if wants and options.mask is None:
        raise UsageError(
            f"the task of {run.path} crops to a region of interest. Name the study by "
            "--nifti and its region by --mask"
        )
    if options.mask is not None and not (wants and options.nifti):
        raise UsageError(
            "--mask goes with --nifti, and with a run whose task crops to a region of "
            f"interest. Received: --mask {options.mask}"
        )


def _check(options: argparse.Namespace) -> None:
    """What can be said before the slow part begins."""
    if options.with_ids and options.dicom is None:
        raise UsageError("--with-ids wants --dicom: NIfTI files hold no ids")
    if options.dicom is not None and not Path(options.dicom).is_dir():
        raise UsageError(f"{options.dicom} is not a directory")
    if options.workers < 1:
        raise UsageError(f"--workers wants 1 or more. Received: {options.workers}")
    if options.out is not None:
        out = Path(options.out)
        if out.suffix not in (".csv", ".json"):
            raise UsageError(f"--out ends in .csv or .json. Received: {out}")
        if not out.parent.is_dir():
            raise UsageError(f"--out wants a directory that exists. Received: {out}")
        output_paths.check_file(out, "--out")


def _table(
    predictions: Iterable[Prediction], target_outputs: Sequence[TargetOutput], ids: bool
) -> Iterator[str]:
    """Tab-separated; the terminal may see what was wrong with private names."""
    from zoo.prediction import output_format

    for prediction in predictions:
        cells = [str(prediction.number), prediction.name]
        if ids:
            cells += [f"{name} {value}" for name, value in prediction.ids.items()]
        if prediction.error is not None:
            yield "\t".join([*cells, f"failed: {prediction.error}"])
            continue
        for target_output in target_outputs:
            cells += output_format.words(prediction.outputs, target_output)
        yield "\t".join(cells)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
