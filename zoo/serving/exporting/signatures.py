"""The functions of a served model, every input and output by its name."""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from zoo.evaluation.last_stage.stage import LastStage
from zoo.prediction import graph_stage, last_stage
from zoo.prediction.volume_inputs import lets_studies_lack
from zoo.runs.run import Run
from zoo.serving.exporting.member import Member

Tensors = Mapping[str, tf.Tensor]


class ServedModel(tf.Module):
    """What is saved: the variables of all networks, and nothing of Keras.

    A Keras model saved as one brings functions with it that TensorFlow Serving refuses.

    Args:
        run: whose task, channels and targets they are; of folds the first one's.
        members: the networks.
        combine: of an ensemble, from what the networks say by name, in their order, to
            what they say together; none = the mean by their weights.
        stages: the last stage of each; empty = the networks answer alone.
    """

    def __init__(
        self,
        run: Run,
        members: Sequence[Member],
        combine: Callable[[Sequence[Tensors]], Tensors] | None = None,
        stages: Sequence[LastStage] = (),
    ):
        super().__init__(name="served_model")
        self._run, self._members = run, list(members)
        self._combine, self._stages = combine, tuple(stages)
        self.kept = [
            variable.value
            for member in members
            for variable in member.network.variables
        ]

    def signatures(
        self, texts: Mapping[str, str]
    ) -> dict[str, tf.types.experimental.GenericFunction]:
        """The functions by name; `features` where there is one network alone.

        Args:
            texts: what `describe` answers, by name.
        """

        methods = {
            "serving_default": self.of_volumes,
            "serve_examples": self.of_examples,
            "features": self.features,
            "describe": texts_of(texts),
        }
        return {
            name: function_of(methods[name], inputs)
            for name, inputs in self.inputs().items()
        }

    def inputs(self) -> dict[str, dict[str, tf.TensorSpec]]:
        """What each of the signatures is given, by name, B first."""
        inputs = {
            "serving_default": volume_signature(self._run),
            "serve_examples": of_strings("examples"),
        }
        if len(self._members) == 1:
            inputs["features"] = of_strings("examples")
        return inputs | {"describe": of_strings("request")}

    def of_volumes(self, given: Tensors) -> Tensors:
        """The answers to decoded volumes, see `zoo.prediction.volume_inputs`."""
        return self._answer(
            [member.outputs(member.of_volumes(given)) for member in self._members]
        )

    def of_examples(self, given: Tensors) -> Tensors:
        """The answers to serialized records, by the name `examples`."""
        records = given["examples"]
        return self._answer(
            [member.outputs(member.of_records(records)) for member in self._members]
        )

    def _answer(self, each: Sequence[Tensors]) -> Tensors:
        weights = [member.weight for member in self._members]
        if self._combine is not None:
            each, weights = [self._combine(each)], [1.0]
        answered = last_stage.answer(each, weights, self._run.target_outputs)
        if not self._stages:
            return answered
        return graph_stage.staged(answered, each, self._stages, weights)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the outputs that are numbers and no labels, the main one first."""
        return tuple(
            target_output.shown_output for target_output in self._run.target_outputs
        )

    def features(self, given: Tensors) -> Tensors:
        """The pooled vectors of serialized records, where there is one network."""
        (member,) = self._members
        inputs = member.of_records(given["examples"])
        return {"features": member.outputs(inputs)["features"]}


def volume_signature(run: Run) -> dict[str, tf.TensorSpec]:
    """What `serving_default` is given; see `zoo.prediction.volume_inputs`."""
    channels, covariates = len(run.task.channels), len(run.recipe.head.covariates)
    inputs = {"volume": (tf.float32, run.task.record_shape)}
    inputs["fill"] = (tf.float32, (channels,))
    if lets_studies_lack(run.task):
        inputs["present"] = (tf.int64, (channels,))
    if covariates:
        inputs["covariates"] = (tf.float32, (covariates,))
    return {
        name: tf.TensorSpec([None, *shape], kind, name=name)
        for name, (kind, shape) in inputs.items()
    }


def of_strings(name: str) -> dict[str, tf.TensorSpec]:
    """An input of texts or records, `[B]`."""
    return {name: tf.TensorSpec([None], tf.string, name=name)}


def texts_of(texts: Mapping[str, str]) -> Callable[[Tensors], Tensors]:
    """From `request` `[B]` to the same texts for each, by name."""

    def describe(given: Tensors) -> Tensors:
        size = tf.shape(given["request"])
        return {name: tf.fill(size, text) for name, text in texts.items()}

    return describe


def function_of(
    method: Callable[[Tensors], Tensors], signature: Mapping[str, tf.TensorSpec]
) -> tf.types.experimental.GenericFunction:
    """A graph of stock operations: XLA, which TensorFlow Serving lacks, is kept out."""

    def function(given: Tensors) -> Tensors:
        return method(given)

    return tf.function(
        function, input_signature=[dict(signature)], autograph=False, jit_compile=False
    )
