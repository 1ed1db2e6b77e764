"""What an export of several tasks is held to: records of each, and abstentions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.ensembling import predictor as ensemble_predictor
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.task_groups import TaskGroup
from zoo.prediction.output_format import Outputs
from zoo.runs.run import Run
from zoo.serving.exporting import difference, example_records
from zoo.serving.exporting.difference import Answers, Difference
from zoo.serving.exporting.example_records import Examples
from zoo.serving.exporting.export_request import ExportRequest
from zoo.serving.tasks_description import MEMBER, VOTES, TasksDescription


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldToTasks:
    """N samples and the answers to them.

    Args:
        ensemble: how its members answer together.
        records: by the input's name the serialized records, N objects; empty where the
            task's members abstain.
        source: what they are, for people.
        answers: by name `[N, ...]`, as `zoo.predict` has them of the ensemble and, as
            `ServedTasks.of_examples` calls them, of the members.
    """

    ensemble: Ensemble
    records: Mapping[str, np.ndarray]
    source: str
    answers: Answers

    def difference(self, answers: Answers, what: str) -> Difference:
        """How far other answers to the same records are.

        Raises:
            DataError: as `zoo.serving.exporting.difference.measure`.
        """
        return difference.measure(
            answers,
            self.answers,
            self.ensemble.target_outputs,
            what=what,
            source=self.source,
        )


def of(request: ExportRequest, described: TasksDescription) -> HeldToTasks:
    """Records of the data sets, or made-up ones, and what `zoo.predict` says of them.

    Every record is in a sample of all tasks; then there are samples in which one task
    has none, and samples in which one alone has a record.
    """
    examples = _examples(request)
    rows = _rows([len(each.records) for each in examples])
    records = {
        task.input: np.array(
            [b"" if row[i] is None else each.records[row[i]] for row in rows], object
        )
        for i, (task, each) in enumerate(zip(described.tasks, examples, strict=True))
    }
    with tf.device("CPU"):  # where the gate asks too: a GPU rounds otherwise
        said = [
            _said(group, each)
            for group, each in zip(request.groups, examples, strict=True)
        ]
    each = [_answer(request.ensemble, request.groups, said, row) for row in rows]
    return HeldToTasks(
        ensemble=request.ensemble,
        records=records,
        source=f"{examples[0].source}, some members of which abstain",
        answers={name: np.stack([one[name] for one in each]) for name in each[0]},
    )


def _examples(request: ExportRequest) -> list[Examples]:
    if request.task_data:
        return [*map(example_records.of_data_set, request.task_data)]
    return [example_records.made_up(_sees_most(group)) for group in request.groups]


def _sees_most(group: TaskGroup) -> Run:
    """A member's run that sees as many covariates as any: made-up records have them."""
    return max(
        (member.run for member in group.members),
        key=lambda run: len(run.recipe.head.covariates),
    )


def _rows(numbers: Sequence[int]) -> list[tuple[int | None, ...]]:
    """Of each sample the place of every task's record; none = it has none.

    Args:
        numbers: of records, by task.
    """
    whole = [tuple(i % n for n in numbers) for i in range(max(numbers))]
    tasks = range(len(numbers))
    lacking = [
        tuple(None if task == i else place for task, place in enumerate(whole[0]))
        for i in tasks
    ]
    alone = [
        tuple(place if task == i else None for task, place in enumerate(whole[-1]))
        for i in tasks
    ]
    return [*whole, *lacking, *alone]


def _said(
    group: TaskGroup, examples: Examples
) -> list[tuple[dict[str, Outputs], dict[str, Outputs]]]:
    """Of each record what every network says, and what every member does."""
    networks = ensemble_predictor.networks_of(group.members)
    said = []
    for record in examples.records:
        each = networks.predict_each(record)
        by_member = {}
        for member in group.members:
            names = [
                ensemble_predictor.network_name(member.name, fold)
                for fold in member.folds
            ]
            by_member[member.name] = networks.answer({n: each[n] for n in names})
        said.append((each, by_member))
    return said


def _answer(
    ensemble: Ensemble,
    groups: Sequence[TaskGroup],
    said: Sequence[Sequence[tuple[dict[str, Outputs], dict[str, Outputs]]]],
    row: Sequence[int | None],
) -> dict[str, np.ndarray]:
    """What the ensemble says of a sample, and its members."""
    networks, members = {}, {}
    for of_group, place in zip(said, row, strict=True):
        if place is not None:
            networks |= of_group[place][0]
            members |= of_group[place][1]
    answered = ensemble_predictor.answer(ensemble, networks)
    votes = np.array([name in members for name in ensemble.names], np.int64)
    answered[VOTES] = votes
    for output in ensemble.target_outputs:
        shown = output.shown_output
        nothing = np.zeros(len(output.names), np.float32)
        answered[MEMBER + shown] = np.stack(
            [members[n][shown] if n in members else nothing for n in ensemble.names]
        )
    return answered
