"""What a finished run, or all folds of a cross-validation, say of new samples."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from zoo.evaluation.last_stage import stage, stage_file
from zoo.evaluation.last_stage.stage import LastStage
from zoo.prediction import finished_runs, last_stage, staged_answer
from zoo.prediction.output_format import Outputs
from zoo.prediction.record_outputs import record_outputs
from zoo.prediction.volume_record import Value, encode_volume
from zoo.runs.run import Run

FEATURES = "features"  # name of the network's output


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictor:
    """A trained network, or the mean of several, ready to predict.

    Args:
        run: whose task, channels and targets they are; of folds the first one's.
        networks: from a record's bytes to the outputs of its one sample, by the name
            of the fold; of a single run by "".
        stages: the last stage of each, by the same names; empty where there is none.
    """

    run: Run
    networks: Mapping[str, Callable[[bytes], Outputs]]
    stages: Mapping[str, LastStage] = field(default_factory=dict)

    @property
    def folds(self) -> tuple[str, ...]:
        """Their names; of a single run none."""
        return tuple(name for name in self.networks if name)

    def predict(
        self,
        volume: np.ndarray,
        *,
        fill: float | Sequence[float],
        present: Sequence[int] | None = None,
        covariates: Mapping[str, Value] | None = None,
    ) -> dict[str, np.ndarray]:
        """The outputs of one raw canonical volume, as a record of it would give them.

        Args:
            volume: `[D, H, W, C]` on the task's grid, with the source's own values, as
                `pipelines.canonical.canonicalise` makes it; channels are the task's,
                in its order.
            fill: the value of voxels where a channel shows nothing; what differs from
                it is foreground. One number for all channels, or one for each.
            present: 1 or 0 for each channel, exactly where the task has sequences that
                a study may lack; voxels of those that are not are not looked at.
            covariates: exactly where the network sees some: a number or a level of
                each by its name, none = not known.

        Returns:
            float32 by name: of the main target `probabilities` `[K]`, of a regression
            `predictions` `[T]`; of further targets the same with `_<name>`. Of folds
            their mean. With a last stage `probabilities` are calibrated, and there are
            `label` too and what `zoo.prediction.staged_answer` adds.

        Raises:
            UsageError: a volume, fill, present or covariates that do not fit the run.
            StudyError: a covariate that is no number, or no level of the task.
            ValueError: voxels that are not finite.
            DataError: the network gives no finite numbers.
        """
        record = encode_volume(
            volume, self.run, fill=fill, present=present, covariates=covariates
        )
        return self._shown(self.answer(self.predict_each(record)))

    def predict_records(self, records: Iterable[bytes]) -> dict[str, np.ndarray]:
        """The outputs of serialized records of the run's task, one after the other.

        Returns:
            As of `predict`, with a first axis for the records.

        Raises:
            UsageError: no record.
            DataError: a record of another task, or an output that is not finite.
        """
        answers = self.answer_records(records)
        if not answers:
            raise UsageError("predict_records wants a record or more. Received: none")
        return self._shown(answers)

    def answer_records(self, records: Iterable[bytes]) -> dict[str, np.ndarray]:
        """What `answer` says of serialized records, with a first axis for them.

        Raises:
            DataError: as `predict_records`.
        """
        each = [self.answer(self.predict_each(record)) for record in records]
        names = each[0] if each else ()
        return {name: np.stack([answer[name] for answer in each]) for name in names}

    def answer(self, each: Mapping[str, Outputs]) -> dict[str, np.ndarray]:
        """What several networks together say of one sample; of a single one that.

        Args:
            each: of `predict_each`, of all networks or some.

        Returns:
            As `zoo.prediction.last_stage.answer`, or with a last stage as
            `zoo.prediction.staged_answer.staged`, without the first axis; texts are
            NumPy's.
        """
        batches = [
            {name: tf.constant(values[np.newaxis]) for name, values in outputs.items()}
            for outputs in each.values()
        ]
        answered = last_stage.answer(
            batches, [1.0] * len(batches), self.run.target_outputs
        )
        if not self.stages:
            return {name: as_numpy(values[0]) for name, values in answered.items()}
        staged = staged_answer.staged(
            {name: as_numpy(values) for name, values in answered.items()},
            [
                {name: values[np.newaxis] for name, values in outputs.items()}
                for outputs in each.values()
            ],
            [self.stages[fold] for fold in each],
        )
        return {name: np.asarray(values[0]) for name, values in staged.items()}

    def _shown(self, answered: Outputs) -> dict[str, np.ndarray]:
        names = [
            target_output.shown_output for target_output in self.run.target_outputs
        ]
        if self.stages:
            sets = next(iter(self.stages.values())).sets is not None
            names += ["label", *staged_answer.added(sets=sets)]
        return {name: answered[name] for name in names}

    def predict_each(
        self, record: bytes, *, name: str = "the record"
    ) -> dict[str, dict[str, np.ndarray]]:
        """What each network says of a record, by the name of its fold.

        That is `features` `[F]`, for each target what a prediction shows of it, and
        what the last stage needs.

        Args:
            name: of the record in errors; tells nothing of the patient.
        """
        each = {}
        for fold, network in self.networks.items():
            each[fold] = dict(network(record))
            for output, values in each[fold].items():
                if not np.isfinite(values).all():
                    of_fold = f" of fold {fold}" if fold else ""
                    raise DataError(
                        f"the model{of_fold} of {self.run.path} gives no finite "
                        f"{output} for {name}. Received: {values.tolist()}"
                    )
        return each


def load(path: str | os.PathLike, *, with_stage: bool = True) -> Predictor:
    """Loads the model of a finished run, or those of all folds in a directory.

    Args:
        with_stage: whether the answer is that of the last stage, where there is one.

    Raises:
        UsageError: `path` does not exist.
        DataError: no finished run, a fold that is missing, a model that can't be
            loaded or fits the run's data set no more, or a last stage that was fitted
            to another model or that not all folds have.
    """
    runs = finished_runs.by_fold(path)
    stages = stage_file.of_runs([*runs.values()]) if with_stage else ()
    if stages:
        stage.check_alike(stages)
        staged_answer.check_names(next(iter(runs.values())).target_outputs)
    by_fold = dict(zip(runs, stages))
    needs = {fold: each.needs for fold, each in by_fold.items()}
    return Predictor(
        run=next(iter(runs.values())),
        networks={
            fold: _network(run, needs.get(fold, ())) for fold, run in runs.items()
        },
        stages=by_fold,
    )


def as_numpy(values: tf.Tensor) -> np.ndarray:
    """A tensor, its texts as NumPy's."""
    array = np.asarray(values.numpy())
    if values.dtype != tf.string:
        return array
    return np.array([text.decode() for text in array.ravel()]).reshape(array.shape)


def network_of(run: Run) -> keras.Model:
    """The inference model of a finished run.

    Raises:
        DataError: it can't be loaded.
    """
    try:
        return keras.models.load_model(run.model_path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{run.model_path} can't be loaded as a Keras model: {error}"
        ) from error


def _network(run: Run, needs: Sequence[str]) -> Callable[[bytes], Outputs]:
    """The features and the outputs that answer the targets, of one record at a time.

    One by one, since a batch of another size can change the last bits.

    Args:
        needs: further outputs, of the main target.
    """
    of_records = record_outputs(run, network_of(run))
    shown = [target_output.shown_output for target_output in run.target_outputs]
    named = [*dict.fromkeys([FEATURES, *shown, *needs])]

    @tf.function(
        input_signature=[tf.TensorSpec([1], tf.string)],
        jit_compile=False,
    )
    def predicted(records: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = of_records(records)
        return {name: outputs[name][0] for name in named}

    graph = predicted.get_concrete_function()  # of many folds each has its own

    def network(record: bytes) -> Outputs:
        try:
            outputs = graph(tf.constant([record]))
        except tf.errors.InvalidArgumentError as error:
            raise DataError(f"not a record of the run's task: {error}") from error
        return {name: values.numpy() for name, values in outputs.items()}

    return network
