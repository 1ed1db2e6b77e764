"""Command: the class of new studies by a finished run, or by a served model."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import zoo
from pipelines import command
from pipelines.errors import UsageError
from pipelines.ingestion.named_series import NamedSeries
from pipelines.storage import output_paths
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member, task_groups
from zoo.ensembling.identity import identity_of
from zoo.prediction import finished_runs
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import command_line as report_options
from zoo.prediction.reports import model_identity
from zoo.prediction.study_source import StudySource, named_values
from zoo.serving.client import command_line, notices
from zoo.watching import command_line as watching

if TYPE_CHECKING:  # they load what takes long, and the command line is read before
    from zoo.prediction.reports.model_identity import ModelIdentity
    from zoo.prediction.result_file import Prediction

_DESCRIPTION = """\
Predicts the class (or labels, or numbers) of new studies with the model of a finished
run, with the mean of all folds of a cross-validation, or with an ensemble. A study goes
the way that the run's data set went: the same sequence rules, grid and normalisation.

With --endpoint instead of RUN a model that `python -m zoo.export` made and TensorFlow
Serving (or `python -m zoo.serve`) serves answers, with the same numbers: studies are
read here, by the task that the model describes, and of each its record alone goes over
the wire, without ids; of an ensemble of several tasks a record for each, as far as the
study has its sequences. All studies of a call go to one version of the model.

A run that `python -m zoo.calibrate` gave a last stage answers with it: probabilities
are calibrated, the class follows the operating point, and a study that the reject rule
does not know is `unknown`; the network's own probabilities stand beside them, and,
where it was given --sets, the classes that can't be left out: columns in_set:<class> of
1 and 0, in JSON prediction_set.

Studies come as their folders lie, 2 before 10. The terminal shows PatientID,
StudyInstanceUID (or accession number) and SeriesInstanceUID beside their numbers;
result files name studies by their number alone. With --with-ids they also hold these
ids: they are then personal data, to be kept as such. So are the reports of --sr, which
go back to the archive: what is in them is in docs/structured-report.md.
"""

_EXAMPLES = """\
examples:
  python -m zoo.predict runs/liver --dicom /data/new
      every study below the directory
  python -m zoo.predict runs/liver --dicom /data/new --out result.csv --with-ids
  python -m zoo.predict runs/heart --dicom /data/new --out result.csv
      runs/heart was made by --folds all: the mean of its folds, and in the file beside
      it what each fold predicts, in columns fold_0.class, fold_0.prob:<class>, ...
  python -m zoo.predict runs/three --dicom /data/new --out result.csv
      runs/three was made by zoo.ensemble: beside its answer those of its members; one
      whose sequences a study lacks abstains
  python -m zoo.predict runs/liver --nifti T1WI=t1.nii.gz T2WI=t2.nii.gz --out r.json
      one study; sequences are named as in the run's task
  python -m zoo.predict runs/heart --nifti ED=cine.nii.gz#frame=0 ES=cine.nii.gz#frame=9
      frames of a 4D file, counted from 0
  python -m zoo.predict runs/liver --nifti DWI_b0=dwi.nii.gz#b=0 DWI=dwi.nii.gz#b=800
      by b-value, which the dwi.bval beside it states; of several directions their mean
  python -m zoo.predict runs/liver --dicom /data/new --series T2WI=/data/new/p7/5
      the series in that folder (or of that file) is the T2WI of its study, where the
      task's rules don't find it on a new scanner; PATH#b=800 names a part of a series
      that is split. Without --dicom: one study, each of its sequences named so
  python -m zoo.predict runs/glioma --nifti T1WI=t1.nii.gz --mask tumour.nii.gz
      a run whose task crops to a region of interest
  python -m zoo.predict runs/glioma --dicom /data/new --mask masks.csv
      likewise of DICOM studies: a key column (patient_id or study_id) and path; where
      there is one study alone, its NIfTI file
  python -m zoo.predict runs/liver --dicom /data/new --covariates new.csv
      a run whose network also sees covariates: a key column as in labels.csv, and them
  python -m zoo.predict runs/liver --nifti T1WI=t1.nii.gz --covariates age=61 sex=
      one study; sex is not known
  python -m zoo.predict --endpoint grpc://localhost:8500 --model liver --dicom /data/new
      by the version of the served model that bears the label `stable`
  python -m zoo.predict --endpoint https://mri.example.org --model liver --version 3 \\
      --token-file token.txt --ca-file hospital-ca.pem --dicom /data/new --out r.json
      the token may also be in the environment, as ZOO_TOKEN
  python -m zoo.predict runs/liver --dicom /data/new --sr reports
      reports/study-1-report.dcm (a Structured Report) and study-1-picture.dcm of the
      first study, to be sent to the archive
  python -m zoo.predict runs/liver --watch /data/incoming --out /data/answers
      each study that arrives there, once, when it is complete, until SIGTERM or Ctrl-C
  python -m zoo.predict runs/liver --watch /data/incoming --sr /data/reports
      likewise, and a report and a picture of each: RECORD-report.dcm by its pseudonym

exit code 1 if a study could not be predicted, or has no report; the others are all the
same. With --watch 0 where it was asked to end, 1 where it can't go on, and with --once
1 if a study failed or has no report
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
        nargs="?",
        help="directory of a finished run, of all folds of a cross-validation, or of "
        "an ensemble",
    )
    _add_studies(parsed)
    parsed.add_argument(
        "--out",
        metavar="FILE",
        help="result as .csv or .json; a file that is there is not overwritten. With "
        "--watch a directory",
    )
    parsed.add_argument(
        "--with-ids",
        action="store_true",
        help="put the patient's and the study's own ids in the result file, too",
    )
    report_options.add(parsed)
    command_line.add(parsed)
    watching.add(parsed)
    return parsed


def _add_studies(parsed: argparse.ArgumentParser) -> None:
    parsed.add_argument("--dicom", metavar="DIR", help="a tree of DICOM files")
    parsed.add_argument(
        "--series",
        nargs="+",
        metavar="SEQ=PATH",
        help="the DICOM series of a sequence, by its folder or one of its files, where "
        "the task's rules don't find it: with --dicom in the study that has it, else "
        "of all sequences of one study",
    )
    parsed.add_argument(
        "--nifti",
        nargs="+",
        metavar="SEQ=FILE[#frame=N|#b=B]",
        help="the sequences of one study (one series: series=FILE), of a 4D file the "
        "frame N, from 0, or those of b-value B by the .bval file beside it",
    )
    parsed.add_argument(
        "--covariates",
        nargs="+",
        metavar="FILE|NAME=VALUE",
        help="what the network sees beside the images: of DICOM a .csv file, with "
        "--nifti each by its name, empty = not known",
    )
    parsed.add_argument(
        "--mask",
        metavar="FILE",
        help="the region of interest (NIfTI, by its own affine), where the run's task "
        "crops to one; of several studies of --dicom a table: patient_id or study_id, "
        "and path",
    )
    parsed.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes that read DICOM headers (default 1)",
    )


def main(argv: Sequence[str]) -> int:
    """Prints a table with a line per study, and the path that was written."""
    options = parser().parse_args(argv)
    nifti = None if options.nifti is None else named_values("--nifti", options.nifti)
    _check(options)
    if options.watch is not None:
        from zoo.watching import session

        return session.run(options)
    series = named_values("--series", options.series or ())
    source = StudySource(
        dicom=options.dicom,
        series={name: NamedSeries.of(path) for name, path in series.items()},
        nifti=nifti,
        mask=options.mask,
        covariates=tuple(options.covariates or ()),
        workers=options.workers,
        keep=report_options.keep(options),
    )
    if options.endpoint is None:
        return _by_run(options, source)
    return _by_endpoint(options, source)


def _by_run(options: argparse.Namespace, source: StudySource) -> int:
    if ensembles.is_there(options.run):
        return _by_ensemble(options, source)
    runs = [*finished_runs.by_fold(options.run).values()]
    facts = finished_runs.facts_of(runs)
    read = source.records(facts)
    from zoo.prediction.run_predictions import predicted

    predictor = zoo.load(options.run)
    predictions = predicted(read(), predictor)
    model = partial(model_identity.of_runs, runs)
    code = _show(options, predictions, facts, model, folds=predictor.folds)
    if code == 0:
        command.say_next("zoo.export", options.run, "--name", "NAME")
    return code


def _by_ensemble(options: argparse.Namespace, source: StudySource) -> int:
    ensemble = ensembles.opened(options.run)
    groups = task_groups.of_members(ensemble, member.reopened(ensemble))
    reads = task_groups.reads_of(groups, source)
    from zoo.ensembling import studies

    predictions = studies.predicted(reads, ensemble)
    model = partial(identity_of, ensemble, groups)
    return _show(options, predictions, groups[0].facts, model, members=ensemble.names)


def _by_endpoint(options: argparse.Namespace, source: StudySource) -> int:
    asking = command_line.asking(options, os.environ)
    notices.unencrypted(asking.address)
    from zoo.serving.client import described_model, services

    with contextlib.closing(services.connect(asking)) as service:
        model = described_model.describe(service, asking)
        notices.newest(model)
        served = {"name": model.choice.name, "version": model.choice.version}
        identity = partial(model_identity.of_served, **served, about=model.about)
        if model.tasks is not None:
            from zoo.serving.client import task_predictions

            reads = task_predictions.reads(source, model, asking)
            predictions = task_predictions.predicted(reads, model, service, asking)
            members = model.tasks.members
            identity = partial(identity, members=members)
            return _show(
                options,
                predictions,
                model.facts,
                identity,
                members=members,
                served=served,
            )
        read = source.records(model.facts)
        from zoo.serving.client import endpoint_predictions

        predictions = endpoint_predictions.predicted(read(), model, service, asking)
        return _show(options, predictions, model.facts, identity, served=served)


def _show(
    options: argparse.Namespace,
    predictions: Iterable[Prediction],
    facts: ModelFacts,
    model: Callable[[], ModelIdentity],
    *,
    folds: Sequence[str] = (),
    members: Sequence[str] = (),
    served: Mapping[str, str | int] | None = None,
) -> int:
    """Prints and writes what is predicted; 1 where that is not every study."""
    from tqdm import tqdm

    from zoo.prediction import result_file, result_lines

    reports = report_options.reports(options, facts, model)
    if reports is not None:
        predictions = reports.written(predictions)
    each = list(tqdm(predictions, unit="study", disable=None))
    table = result_lines.table(each, facts.target_outputs, set_level=facts.set_level)
    print(table)
    _tell_abstentions(each, members)
    if options.out is not None:
        result_file.write(
            options.out,
            each,
            facts,
            folds=folds,
            members=members,
            served=served,
            ids=options.with_ids,
        )
        print(options.out)
    if reports is not None:
        reports.tell()
        if Path(options.sr).is_dir():
            print(options.sr)
    failed = any(prediction.error is not None for prediction in each)
    return int(failed or (reports is not None and bool(reports.failed)))


def _tell_abstentions(each: Sequence[Prediction], members: Sequence[str]) -> None:
    if not members:
        return
    errors = [prediction.error for prediction in each if prediction.error is not None]
    unjudged = sum(error.code == task_groups.LACKS for error in errors)
    if unjudged:
        print(
            f"judged by no member, for want of a sequence: {unjudged} of {len(each)}",
            file=sys.stderr,
        )
    for prediction in each:
        absent = [name for name in members if name not in prediction.by_fold]
        if absent and prediction.error is None:
            print(
                f"{prediction.name}: {', '.join(absent)} abstain"
                f"{'' if absent[1:] else 's'}: the study lacks a sequence",
                file=sys.stderr,
            )


def _check(options: argparse.Namespace) -> None:
    """What can be said before the slow part begins."""
    command_line.check(options)
    if options.watch is None:
        report_options.check(options)
    watching.check(options)
    if options.with_ids and options.nifti is not None:
        raise UsageError(
            "--with-ids wants --dicom or --series: NIfTI files hold no ids"
        )
    if options.out is not None and options.watch is None:
        out = Path(options.out)
        if out.suffix not in (".csv", ".json"):
            raise UsageError(f"--out ends in .csv or .json. Received: {out}")
        if not out.parent.is_dir():
            raise UsageError(f"--out wants a directory that exists. Received: {out}")
        output_paths.check_new_file(out, "--out")


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
