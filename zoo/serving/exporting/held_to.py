"""What an export is held to: records, and what the runs in float32 say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from pipelines.errors import DataError
from zoo.ensembling import predictor as ensemble_predictor
from zoo.evaluation.last_stage.stage import LastStage
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.prediction.output_format import Outputs
from zoo.prediction.predictor import FEATURES, Predictor
from zoo.runs.run import Run
from zoo.serving.exporting import difference, example_records, stage_in_graph
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
        stages: the last stage of each network; empty = they answer alone.
        each: where there are stages, the outputs of every network by name, `[N, ...]`.
    """

    run: Run
    examples: Examples
    answers: Answers
    stages: Sequence[LastStage] = ()
    each: Sequence[Outputs] = ()

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
        said = [loaded.predict_each(record) for record in examples.records]
        answers = _stacked([_answered(loaded, outputs) for outputs in said])
        if not request.stages:
            return HeldTo(run=run, examples=examples, answers=answers)
        each = [_stacked([outputs[name] for outputs in said]) for name in said[0]]
        stage_in_graph.check(answers, request.stages, each)
    return HeldTo(
        run=run, examples=examples, answers=answers, stages=request.stages, each=each
    )


def _loaded(request: ExportRequest) -> Predictor:
    """Raises a DataError where a last stage is no longer that of the request."""
    if request.ensemble is not None:
        return ensemble_predictor.load(request.path)
    loaded = predictor.load(request.path, with_stage=bool(request.stages))
    if tuple(loaded.stages.values()) != request.stages:
        raise DataError(
            f"the last stage of {request.path} was fitted anew meanwhile. Export again"
        )
    return loaded


def _answered(loaded: Predictor, outputs: Mapping[str, Outputs]) -> Outputs:
    """The answer to a record; of a single network with its features."""
    answer = loaded.answer(outputs)
    if loaded.folds:
        return answer
    return answer | {FEATURES: outputs[""][FEATURES]}


def _stacked(each: Sequence[Outputs]) -> dict[str, np.ndarray]:
    return {name: np.stack([one[name] for one in each]) for name in each[0]}
