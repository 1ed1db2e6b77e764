"""New studies to predictions by an ensemble: each member votes, or abstains."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.errors import DataError, StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.ingestion.study_fault import attempt
from zoo.ensembling import predictor
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.member import Member
from zoo.ensembling.task_groups import LACKS, TaskGroup
from zoo.prediction.output_format import Outputs
from zoo.prediction.predictor import Predictor
from zoo.prediction.result_file import Prediction, no_prediction

Read = Callable[[], Iterable[OneRecord]]


@dataclass(kw_only=True, eq=False)
class _Study:
    """What was gathered of a study.

    Args:
        outputs: of the networks that saw it, by `predictor.network_name`.
        lacks: why members abstain.
        fault: what ends its prediction.
        kept: of each task that read it, see `Prediction`.
    """

    name: str
    ids: Mapping[str, str]
    outputs: dict[str, Outputs] = field(default_factory=dict)
    by_member: dict[str, Outputs] = field(default_factory=dict)
    lacks: list[StudyError] = field(default_factory=list)
    fault: StudyError | None = None
    kept: list[Any] = field(default_factory=list)


def predicted(
    reads: Sequence[tuple[TaskGroup, Read]],
    ensemble: Ensemble,
    networks_of: Callable[[Sequence[Member]], Predictor] = predictor.networks_of,
) -> Iterator[Prediction]:
    """What is predicted of each study, or why nothing is; the others go on.

    A member abstains from a study that lacks a sequence of its task; where all do the
    study has an error, as where a record can't be made for another reason. Studies of
    several tasks are joined by the source's ids; they come as the first task finds
    them, then those that only later tasks find.

    Args:
        reads: by task what reads the studies.
        networks_of: gives the networks of a task's members, which it may keep loaded.

    Raises:
        DataError: no task finds a study.
    """
    studies: dict[tuple, _Study] = {}
    failed = []
    for group, read in reads:
        networks = networks_of(group.members)
        try:
            for study in read():
                known = _known(studies, study, len(reads) > 1)
                _vote(known, study, group, networks)
        except DataError as error:
            if len(reads) == 1:
                raise
            failed.append(error)
    if failed and not studies:
        raise failed[0]
    for number, study in enumerate(studies.values(), 1):
        yield _prediction(number, study, ensemble)


def _known(studies: dict[tuple, _Study], record: OneRecord, is_joined: bool) -> _Study:
    """The study that a record is of, which may be a new one."""
    key = tuple(sorted(record.ids.items())) if is_joined else (len(studies),)
    if key not in studies:
        name = f"study {len(studies) + 1}" if is_joined else record.name
        studies[key] = _Study(name=name, ids=record.ids)
    return studies[key]


def _vote(
    study: _Study, record: OneRecord, group: TaskGroup, networks: Predictor
) -> None:
    """Has the members of a task say what they say of a study."""
    error = record.error
    if error is not None:
        if error.code == LACKS:
            study.lacks.append(error)
        else:
            study.fault = study.fault or error
        return
    study.kept.append(record.kept)
    each = attempt(lambda: _outputs(record, study.name, networks), step="predicting")
    if isinstance(each, StudyError):
        study.fault = study.fault or each
        return
    study.outputs |= each
    for member in group.members:
        own = {
            name: each[name]
            for name in (predictor.network_name(member.name, f) for f in member.folds)
        }
        study.by_member[member.name] = networks.answer(own)


def _outputs(
    record: OneRecord, name: str, networks: Predictor
) -> dict[str, dict[str, Outputs]]:
    """The outputs of each network.

    Raises:
        StudyError: a network gives no finite numbers, or does not take the record.
    """
    try:
        return networks.predict_each(record.record, name=name)
    except DataError as error:
        raise no_prediction(str(error)) from error


def _prediction(number: int, study: _Study, ensemble: Ensemble) -> Prediction:
    about = {"number": number, "name": study.name, "ids": dict(study.ids)}
    fault = study.fault
    if fault is None and not study.outputs:
        fault = study.lacks[0]
    if fault is not None:
        return Prediction(**about, error=fault)
    return Prediction(
        **about,
        outputs=predictor.answer(ensemble, study.outputs),
        by_fold=study.by_member,
        kept=tuple(study.kept),
    )
