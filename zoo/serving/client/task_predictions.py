"""New studies to predictions by a served ensemble of several tasks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion.new_study import NewStudy, OneRecord
from pipelines.ingestion.study_fault import attempt
from zoo.ensembling import task_groups
from zoo.ensembling.task_groups import LACKS
from zoo.prediction.output_format import Outputs
from zoo.prediction.result_file import Prediction, no_prediction
from zoo.prediction.study_source import StudySource
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.endpoint_predictions import answered_to
from zoo.serving.client.in_order import in_order
from zoo.serving.client.record_inputs import OF_RECORDS
from zoo.serving.client.service import Service
from zoo.serving.tasks_description import MEMBER, VOTES
from zoo.targets.target_output import TargetOutput

Read = Callable[[], Iterable[NewStudy]]
_PRESENT_ABOVE = 0.5  # of labels of their own, as `zoo.prediction.last_stage` has it


@dataclass(kw_only=True, eq=False)
class _Study:
    """A study as the tasks find it: by the input what makes its record."""

    name: str
    ids: dict[str, str]
    makes: dict[str, Callable[[], OneRecord]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sample:
    """What is sent of a study, by the input, or why nothing is."""

    name: str
    ids: dict[str, str]
    records: Mapping[str, bytes]
    error: StudyError | None
    kept: tuple[Any, ...] = ()


def reads(
    source: StudySource, model: DescribedModel, asking: Asking
) -> list[tuple[str, Read]]:
    """What finds the studies of each task of which a sequence may be there.

    Returns:
        By the name of its input.

    Raises:
        UsageError: decoded volumes are to be sent, or what is named does not fit.
        DataError: the file of covariates is none.
    """
    if asking.signature != OF_RECORDS:
        raise UsageError(
            f"the members of {model.facts.name} are of several tasks, so it takes "
            f"records alone. Leave --signature {asking.signature} out"
        )
    facts = {task.input: model.facts_of(task) for task in model.tasks.tasks}
    every = [*facts.values()]
    named = {n: task_groups.source_of(source, own, every) for n, own in facts.items()}
    return [
        (name, own.studies(facts[name]))
        for name, own in named.items()
        if own is not None
    ]


def predicted(
    reads: Sequence[tuple[str, Read]],
    model: DescribedModel,
    service: Service,
    asking: Asking,
) -> Iterator[Prediction]:
    """What is predicted of each study, as `zoo.ensembling.studies.predicted` has it.

    Of a study the record of each task goes to the endpoint in one request, and nothing
    else; where it lacks a sequence of a task an empty one, and that task's members
    abstain.

    Raises:
        DataError: no task finds a study.
    """

    def one(numbered: tuple[int, _Sample]) -> Prediction:
        number, sample = numbered
        about = {"number": number, "name": sample.name, "ids": sample.ids}
        about["kept"] = sample.kept
        if sample.error is not None:
            return Prediction(**about, error=sample.error)
        outputs = attempt(
            lambda: _outputs(sample.records, model, service, asking), step="predicting"
        )
        if isinstance(outputs, StudyError):
            return Prediction(**about, error=outputs)
        together, by_member = outputs
        return Prediction(**about, outputs=together, by_fold=by_member)

    samples = map(_sample, _joined(reads))
    return in_order(one, enumerate(samples, 1), threads=asking.parallel)


def _joined(reads: Sequence[tuple[str, Read]]) -> list[_Study]:
    """The studies as the first task finds them, then those that only later ones do."""
    studies: dict[tuple, _Study] = {}
    failed = []
    for input_name, read in reads:
        try:
            for found in read():
                name, key = found.name, (len(studies),)
                if len(reads) > 1:
                    name = f"study {len(studies) + 1}"
                    key = tuple(sorted(found.ids.items()))
                study = studies.setdefault(key, _Study(name=name, ids=found.ids))
                study.makes[input_name] = found.make
        except DataError as error:
            if len(reads) == 1:
                raise
            failed.append(error)
    if failed and not studies:
        raise failed[0]
    return [*studies.values()]


def _sample(study: _Study) -> _Sample:
    """Makes the records of a study."""
    records, kept, lacks, fault = {}, [], [], None
    for name, make in study.makes.items():
        made = make()
        if made.record is not None:
            records[name] = made.record
            kept.append(made.kept)
        elif made.error.code == LACKS:
            lacks.append(made.error)
        else:
            fault = made.error
            break
    if fault is None and not records:
        fault = lacks[0]
    return _Sample(
        name=study.name,
        ids=study.ids,
        records=records,
        error=fault,
        kept=tuple(kept),
    )


def _outputs(
    records: Mapping[str, bytes],
    model: DescribedModel,
    service: Service,
    asking: Asking,
) -> tuple[Outputs, dict[str, Outputs]]:
    """What the ensemble answers of a study, and what each member that votes does.

    Raises:
        StudyError: no answer, or not one of this model's tasks.
    """
    tasks = model.tasks
    given = {
        task.input: np.array([records.get(task.input, b"")], object)
        for task in tasks.tasks
    }
    targets = model.facts.target_outputs
    members = [MEMBER + target_output.shown_output for target_output in targets]
    answered = answered_to(given, model, service, asking, further=[VOTES, *members])
    together = {n: v for n, v in answered.items() if n not in (VOTES, *members)}
    voting = {
        name for task in tasks.tasks if task.input in records for name in task.members
    }
    votes = [int(name in voting) for name in tasks.members]
    try:
        _check(answered, votes, targets)
    except EndpointError as error:
        raise error.of_study() from error
    return together, {
        name: _of_member(answered, place, targets)
        for place, name in enumerate(tasks.members)
        if votes[place]
    }


def _check(
    answered: Outputs, votes: Sequence[int], targets: Sequence[TargetOutput]
) -> None:
    """Whether members answered as they were asked.

    Raises:
        EndpointError: `bad_answer`: others voted, or other shapes.
        StudyError: numbers that are not finite.
    """
    if answered[VOTES].tolist() != votes:
        raise EndpointError("bad_answer", f"{VOTES}: {answered[VOTES].tolist()}")
    for target_output in targets:
        name = MEMBER + target_output.shown_output
        values, shape = answered[name], (len(votes), len(target_output.names))
        if values.shape != shape or values.dtype.kind != "f":
            raise EndpointError("bad_answer", f"{name}: {values.dtype} {values.shape}")
        if not np.isfinite(values).all():
            raise no_prediction(f"{name}: {values.tolist()}")


def _of_member(
    answered: Outputs, place: int, targets: Sequence[TargetOutput]
) -> dict[str, np.ndarray]:
    """The numbers of a member, and the label that they give."""
    own = {}
    for target_output in targets:
        values = answered[MEMBER + target_output.shown_output][place]
        own[target_output.shown_output] = values
        if target_output.kind.single_label:
            label = np.array(target_output.names[int(values.argmax())])
            own[f"label{target_output.suffix}"] = label
        elif target_output.kind.binary:
            label = (values > _PRESENT_ABOVE).astype(np.int64)
            own[f"label{target_output.suffix}"] = label
    return own
