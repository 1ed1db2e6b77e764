"""A sweep as TensorBoard's HParams plugin shows it: a run of one event a trial."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from pipelines.storage import atomic_files
from tuning.reporting.axis import Axis, shown
from tuning.reporting.findings import Findings
from tuning.trials.trial import Trial

FOLDER = "tensorboard"


def write(findings: Findings) -> Path:
    """Writes the directory anew, whole or not at all; trials with a figure alone."""
    path = findings.sweep.path / FOLDER
    aside = path.with_name(f".{FOLDER}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if path.exists():
        path.rename(aside)
    with atomic_files.new_directory(path) as written:
        _write_run(written, _experiment(findings), ())
        for trial in findings.judged:
            _write_trial(written / trial.trial_id, findings, trial)
    shutil.rmtree(aside, ignore_errors=True)
    return path


def _experiment(findings: Findings) -> Any:
    from tensorboard.plugins.hparams import summary_v2 as hp

    parameters = [hp.HParam(axis.name, _domain(axis, hp)) for axis in findings.axes]
    metrics = [hp.Metric(findings.sweep.settings.objective)]
    return hp.hparams_config_pb(hparams=parameters, metrics=metrics)


def _domain(axis: Axis, hp: ModuleType) -> Any:
    if axis.scale is not None:
        return hp.RealInterval(axis.scale.low, axis.scale.high)
    return hp.Discrete([_value(axis, choice) for choice in axis.choices])


def _value(axis: Axis, value: Any) -> float | str:
    """Numbers as TensorBoard sorts them; choices that are not all numbers as text."""
    return float(value) if axis.is_numeric else shown(value)


def _write_trial(path: Path, findings: Findings, trial: Trial) -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import summary_v2 as hp

    by_name = {axis.name: axis for axis in findings.axes}
    values = {name: _value(by_name[name], v) for name, v in trial.values.items()}
    begun = hp.hparams_pb(values, trial_id=trial.trial_id)
    name = findings.sweep.settings.objective
    figures = [
        Summary(value=[Summary.Value(tag=tag, simple_value=figure)])
        for tag, figure in [
            (name, trial.objective),
            ("seconds", trial.seconds),
            *((f"fold/{r.fold}", r.objective) for r in trial.folds if r.is_finished),
        ]
    ]
    _write_run(path, begun, figures)


def _write_run(path: Path, first: Any, others: Iterable[Any]) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(path))
    for summary in (first, *others):
        writer.add_event(Event(summary=summary, step=0))
    writer.close()
