"""What an export is held to: records, and what the runs in float32 say of them."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.ensembling import predictor as ensemble_predictor
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.prediction.predictor import FEATURES, Predictor
from zoo.runs.run import Run
from zoo.serving.exporting import difference, example_records
from zoo.serving.exporting.difference import Answers, Difference
from zoo.serving.exporting.example_records import Examples
from zoo.serving.exporting.export_request import ExportRequest


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldTo:
    """N records and the answers to them.

    Args:
        run: whose task, channels and targets they are; of folds the first one.
        examples: the records.
        answers: as `zoo.prediction.predictor.Predictor.answer_records` gives them, of a
            single run with its `features` `[N, F]`.
    """

    run: Run
    examples: Examples
    answers: Answers

    @property
    def volumes(self) -> dict[str, np.ndarray]:
        """The records decoded, see `zoo.prediction.decoded_records`."""
        covariates = self.run.recipe.head.covariates
        return decoded(self.examples.records, self.run.task, covariates)

    def difference(self, answers: Answers, what: str) -> Difference:
        """How far other answers to the same records are.

        Raises:
            DataError: as `zoo.serving.exporting.difference.measure`.
        """
        return difference.measure(
            answers,
            self.answers,
            self.run.target_outputs,
            what=what,
            source=self.examples.source,
        )


def of(request: ExportRequest) -> HeldTo:
    """Records of the data set, or made-up ones, and the answers of the runs."""
    run = request.run
    examples = (
        example_records.made_up(run)
        if request.data is None
        else example_records.of_data_set(request.data)
    )
    with tf.device("CPU"):  # where the gate asks too: a GPU rounds otherwise
        loaded = _loaded(request)
        each = [_answered(loaded, record) for record in examples.records]
    answers = {name: np.stack([one[name] for one in each]) for name in each[0]}
    return HeldTo(run=run, examples=examples, answers=answers)


def _loaded(request: ExportRequest) -> Predictor:
    if request.ensemble is None:
        return predictor.load(request.path, with_stage=False)
    return ensemble_predictor.load(request.path)


def _answered(loaded: Predictor, record: bytes) -> dict[str, np.ndarray]:
    """The answer to a record; of a single network with its features."""
    outputs = loaded.predict_each(record)
    answer = loaded.answer(outputs)
    if loaded.folds:
        return answer
    return answer | {FEATURES: outputs[""][FEATURES]}
