"""Command: a finished run as a version of a SavedModel for TensorFlow Serving."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import UsageError
from zoo.serving.exporting import changed_since, export_request

_ROOT, _PRECISION = "saved_models", "float32"
_DESCRIPTION = """\
Writes a finished run, the mean of all folds of a cross-validation, or an ensemble as
TO/NAME/N: a SavedModel that TensorFlow Serving loads, with the run's own parsing,
normalisation, choice of channels and slices, and encoding of covariates inside. It is
held to the run and to what the server can't load before it gets its number; then
models.config of the folder names it.

It has the signatures
  serving_default   volume [B, D, H, W, C] as a record decodes, and fill [B, C];
                    present [B, C] where a study may lack a sequence; covariates [B, n]
                    where the network sees some
  serve_examples    examples [B]: serialized records, as the data set has them
  features          examples [B] -> features [B, F], of a single run
  describe          request [B] -> task, model, spec: what a client has to know
The first two give probabilities, label and class_names, of a regression predictions;
of further targets the same with _<name>. assets.extra/model.json says what the model is
and how good it is known to be.

An ensemble whose members are of several tasks (a sequence each, say) has these alone:
  serve_examples    examples_<task> [B] of each: serialized records, an empty string
                    where a sample has none and the task's members abstain; a sample
                    without any is an error
  describe          tasks besides: what goes into each of the inputs, for which members
and gives member_votes [B, M] and member_probabilities [B, M, K] (member_predictions)
beside what others give.

Of a run with a last stage (`python -m zoo.calibrate`) probabilities are calibrated,
label follows the operating point, and beside them come probabilities_uncalibrated,
score and is_unknown, as zoo.predict gives them. A run that is calibrated anew wants a
new version. An ensemble asks its members' networks alone.
"""

_EXAMPLES = """\
--onnx writes assets.extra/model.onnx too. It takes what serving_default takes and gives
probabilities or predictions [B, ...] of every target, without labels and texts; the
normalisation is inside, arithmetic is float32 whatever --precision says. It holds no
last stage. It wants pip install 'mri-volume-zoo[onnx]'.

examples:
  python -m zoo.export runs/liver --name liver
      saved_models/liver/1, or the next version
  python -m zoo.export runs/heart --name heart --data datasets/heart
      runs/heart was made by --folds all: their mean, held to records of the data set
  python -m zoo.export runs/liver --name liver --precision bfloat16 --onnx
  python -m zoo.export runs/brain --name brain --data datasets/t1 --data datasets/t2
      an ensemble of members that see a sequence each
  python -m zoo.export --check saved_models/liver/1
      what the server would refuse of this or any other SavedModel
  python -m zoo.export runs/liver --check saved_models/liver/1
      and whether it is of the run as it is today
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.export",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "run",
        nargs="?",
        metavar="RUN",
        help="directory of a finished run, of all folds of a cross-validation, or of "
        "an ensemble",
    )
    parsed.add_argument("--name", help="of the model, as clients will call it")
    parsed.add_argument(
        "--to",
        metavar="DIR",
        help=f"the folder that the server is pointed at (default {_ROOT})",
    )
    parsed.add_argument(
        "--version", type=int, metavar="N", help="default: one more than the highest"
    )
    parsed.add_argument(
        "--data",
        metavar="DATASET",
        action="append",
        help="the run's data set: its records are what the export is held to (default: "
        "made-up records); of an ensemble of several tasks once for each",
    )
    parsed.add_argument(
        "--precision",
        choices=export_request.PRECISIONS,
        help=f"of the network's arithmetic (default {_PRECISION}); its inputs and "
        "outputs stay float32. How far it is from the run is measured and printed, and "
        "no label may change. float16 wants a GPU here",
    )
    parsed.add_argument(
        "--onnx", action="store_true", help="an ONNX file beside it, see below"
    )
    parsed.add_argument(
        "--without-stage",
        action="store_true",
        help="export the network of a run that has a last stage without it: the served "
        "model gives uncalibrated probabilities and the most probable class, and no "
        "sample is unknown",
    )
    parsed.add_argument(
        "--server-python",
        metavar="FILE",
        help="a Python that has the TensorFlow of the server's version: it is then "
        "loaded by that one as well",
    )
    parsed.add_argument(
        "--check",
        metavar="DIR",
        help="nothing is exported: says what the server would refuse of a SavedModel, "
        "and with RUN whether the run was trained or calibrated anew since. The exit "
        "code is 1 if anything, or if no signature of it could be asked",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the path of the version that was written, or what a check says."""
    options = parser().parse_args(argv)
    _check(options)
    if options.check is not None:
        changes = []
        if options.run is not None:
            changes = changed_since.changes(Path(options.check), options.run)
        from zoo.serving.gate import check

        _say(f"loading {options.check} as a server does")
        report = check.check(Path(options.check), python=options.server_python)
        print(report)
        if options.run is not None:
            print("\n".join(changes) or f"it is of {options.run} as it is today")
        return int(bool(changes) or not (report.passed and report.asked))
    request = export_request.checked(
        options.run,
        name=options.name,
        to=options.to or _ROOT,
        version=options.version,
        precision=options.precision or _PRECISION,
        onnx=options.onnx,
        data=options.data,
        server_python=options.server_python,
        without_stage=options.without_stage,
    )
    # The process that the gate starts wants memory of the same GPU.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    from zoo.serving.exporting import export_runs

    print(export_runs.export(request, say=_say))
    root = () if options.to is None else ("--root", options.to)
    command.say_next("zoo.serve", *root)
    return 0


def _check(options: argparse.Namespace) -> None:
    """What the options say against each other."""
    if options.server_python is not None and not Path(options.server_python).is_file():
        raise UsageError(f"{options.server_python} is not a Python that can be run")
    if options.check is not None:
        others = (options.name, options.to, options.version)
        others += (options.data, options.precision)
        if (
            options.onnx
            or options.without_stage
            or any(value is not None for value in others)
        ):
            raise UsageError(
                "--check DIR checks what is there: only RUN and --server-python go "
                "with it"
            )
        if not Path(options.check).is_dir():
            raise UsageError(f"{options.check} is not a directory")
        return
    if options.run is None:
        raise UsageError("name a finished RUN, or a SavedModel by --check")
    if options.name is None:
        raise UsageError(
            "--name is missing: what clients will call the model. "
            f"Received: {options.run}"
        )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
