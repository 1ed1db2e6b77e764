"""The functions of a served ensemble whose members want records of several tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tensorflow as tf

from zoo.ensembling import graph_rules
from zoo.ensembling.ensemble import Ensemble
from zoo.prediction import last_stage
from zoo.serving.background_record import background_record
from zoo.serving.exporting.member import Member
from zoo.serving.exporting.signatures import function_of, of_strings, texts_of
from zoo.serving.tasks_description import (
    MEMBER,
    VOTES,
    DescribedTask,
    TasksDescription,
)

Tensors = Mapping[str, tf.Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskNetworks:
    """The networks that take the records of one task.

    Args:
        task: whose records they are.
        networks: those of its members, the folds of a member one after the other.
    """

    task: DescribedTask
    networks: tuple[Member, ...]


class ServedTasks(tf.Module):
    """What is saved: the variables of all networks, and nothing of Keras.

    Args:
        ensemble: how the members answer together.
        described: their tasks.
        parts: the networks of each task, in the same order.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        described: TasksDescription,
        parts: Sequence[TaskNetworks],
    ):
        super().__init__(name="served_tasks")
        self._ensemble, self._described = ensemble, described
        self._parts = tuple(parts)
        self._nothing = tuple(
            background_record(part.task.description.task) for part in parts
        )
        self._combine = graph_rules.combiner(ensemble)
        self._inputs = tuple(part.task.input for part in parts)
        self.kept = [
            variable.value
            for part in parts
            for member in part.networks
            for variable in member.network.variables
        ]

    def signatures(
        self, texts: Mapping[str, str]
    ) -> dict[str, tf.types.experimental.GenericFunction]:
        """The functions by name.

        Args:
            texts: what `describe` answers, by name.
        """

        methods = {"serve_examples": self.of_examples, "describe": texts_of(texts)}
        return {
            name: function_of(methods[name], inputs)
            for name, inputs in self.inputs().items()
        }

    def inputs(self) -> dict[str, dict[str, tf.TensorSpec]]:
        """What each of the signatures is given, by name, B first."""
        examples = {}
        for name in self._inputs:
            examples |= of_strings(name)
        return {"serve_examples": examples, "describe": of_strings("request")}

    def of_examples(self, given: Tensors) -> dict[str, tf.Tensor]:
        """The answers to serialized records, by the name of each task's input.

        Args:
            given: string `[B]` each; where it is empty the task's members abstain.

        Returns:
            What `zoo.prediction.last_stage.answer` gives, and of the members, M in the
            ensemble's order: `member_votes` int64 `[B, M]`, 1 where one votes, and
            `member_<output>` float32 `[B, M, K]`, 0 where it abstains, of an output of
            numbers the mean over the member's folds.
        """
        records = _checked({name: given[name] for name in self._inputs})
        by_member, who = {}, {}
        for part, nothing in zip(self._parts, self._nothing, strict=True):
            examples = records[part.task.input]
            there = tf.strings.length(examples) > 0
            examples = tf.where(there, examples, tf.constant(nothing))
            each = [
                network.outputs(network.of_records(examples))
                for network in part.networks
            ]
            folds = len(self._ensemble.folds)
            for number, name in enumerate(part.task.members):
                by_member[name] = each[number * folds : (number + 1) * folds]
                who[name] = there
        votes = tf.stack([who[name] for name in self._described.members])
        members = [by_member[name] for name in self._described.members]
        combined = self._combine([one for own in members for one in own], votes)
        answered = last_stage.answer([combined], [1.0], self._ensemble.target_outputs)
        return answered | self._of_members(members, votes)

    def _of_members(
        self, members: Sequence[Sequence[Tensors]], votes: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """What each member says, by the name of the output."""
        answered = {VOTES: tf.cast(tf.transpose(votes), tf.int64)}
        for name in self.numbers:
            means = tf.stack(
                [
                    last_stage.weighted_mean(
                        [one[name] for one in own], [1.0] * len(own)
                    )
                    for own in members
                ]
            )
            said = tf.where(votes[:, :, None], means, tf.zeros_like(means))
            answered[MEMBER + name] = tf.transpose(said, [1, 0, 2])
        return answered

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the outputs that are numbers and no labels, the main one first."""
        outputs = self._ensemble.target_outputs
        return tuple(target_output.shown_output for target_output in outputs)


def _checked(records: Tensors) -> dict[str, tf.Tensor]:
    """The same records, to be had only if they are as many and none lacks all.

    The error names the samples by their places in the batch, from 0.
    """
    names, given = ", ".join(records), [*records.values()]
    sizes = tf.stack([tf.size(examples) for examples in given])
    equal = tf.debugging.Assert(
        tf.reduce_all(sizes == sizes[0]),
        [
            f"{names} want a string each for every sample, empty where it lacks the "
            "task. Received these numbers of strings:",
            sizes,
        ],
    )
    with tf.control_dependencies([equal]):
        given = [tf.identity(examples) for examples in given]
    there = tf.stack([tf.strings.length(examples) > 0 for examples in given])
    nobody = tf.where(~tf.reduce_any(there, axis=0))[:, 0]
    judged = tf.debugging.Assert(
        tf.equal(tf.size(nobody), 0),
        [
            f"a sample has no record: of {names} at least one is wanted, for a member "
            "abstains where its own is empty. Samples without one, from 0:",
            nobody,
        ],
    )
    with tf.control_dependencies([judged]):
        return dict(zip(records, map(tf.identity, given), strict=True))


def of_members(
    described: TasksDescription,
    networks: Mapping[str, Sequence[Member]],
    ensemble: Ensemble,
) -> ServedTasks:
    """The networks of an ensemble, answering together.

    Args:
        networks: of each member, by its name, fold by fold.
    """
    parts = [
        TaskNetworks(
            task=task,
            networks=tuple(one for name in task.members for one in networks[name]),
        )
        for task in described.tasks
    ]
    return ServedTasks(ensemble, described, parts)
