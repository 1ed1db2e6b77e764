"""New studies to predictions by a model of an endpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from pipelines.errors import StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.ingestion.study_fault import attempt
from zoo.prediction import staged_answer
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.output_format import Outputs
from zoo.prediction.result_file import Prediction, no_prediction
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.in_order import in_order
from zoo.serving.client.record_inputs import inputs
from zoo.serving.client.retries import retried
from zoo.serving.client.service import Service, Tensors
from zoo.targets.target_output import TargetOutput


def predicted(
    records: Iterable[OneRecord],
    model: DescribedModel,
    service: Service,
    asking: Asking,
) -> Iterator[Prediction]:
    """What is predicted of each study, or why nothing is; the others go on.

    Of a study its record goes to the endpoint, and nothing else.
    """

    def one(numbered: tuple[int, OneRecord]) -> Prediction:
        number, study = numbered
        about = {"number": number, "name": study.name, "ids": study.ids}
        about["kept"] = (study.kept,)
        if study.record is None:
            return Prediction(**about, error=study.error)
        outputs = attempt(
            lambda: _outputs(study.record, model, service, asking), step="predicting"
        )
        if isinstance(outputs, StudyError):
            return Prediction(**about, error=outputs)
        return Prediction(**about, outputs=outputs)

    return in_order(one, enumerate(records, 1), threads=asking.parallel)


def _outputs(
    record: bytes, model: DescribedModel, service: Service, asking: Asking
) -> Outputs:
    """What the model answers of one record, without the first axis."""
    given = inputs(record, asking.signature, model.description)
    return answered_to(given, model, service, asking)


def answered_to(
    given: Tensors,
    model: DescribedModel,
    service: Service,
    asking: Asking,
    *,
    further: Sequence[str] = (),
) -> Outputs:
    """What the model answers of one sample, without the first axis.

    Args:
        given: the inputs of the signature that is asked.
        further: names of outputs beside those of the targets.

    Raises:
        StudyError: no answer, or not one of this model's task.
    """
    targets = model.facts.target_outputs
    names = [name for target_output in targets for name in _names(target_output)]
    names += further
    if model.facts.has_last_stage:
        names += staged_answer.added(sets=model.facts.set_level is not None)
    try:
        answered = retried(
            lambda left: service.predict(
                model.choice,
                asking.signature,
                given,
                outputs=names,
                timeout_s=left,
            ),
            timeout_s=asking.timeout_s,
        )
        for target_output in targets:
            _check(answered, target_output)
        if model.facts.has_last_stage:
            _check_staged(answered, model.facts)
    except EndpointError as error:
        raise error.of_study() from error
    return {name: values[0] for name, values in answered.items()}


def _names(target_output: TargetOutput) -> tuple[str, ...]:
    """Of the outputs that are asked for."""
    if not target_output.target.has_classes:
        return (target_output.shown_output,)
    suffix = target_output.suffix
    return target_output.shown_output, f"label{suffix}", f"class_names{suffix}"


def _check(answered: Outputs, target_output: TargetOutput) -> None:
    """Whether an answer is one that this target can have.

    Raises:
        EndpointError: `bad_answer`: other shapes or classes.
        StudyError: numbers that are not finite.
    """
    shown, names = target_output.shown_output, target_output.names
    wanted = {shown: ((1, len(names)), "f")}
    if target_output.target.has_classes:
        suffix = target_output.suffix
        single = target_output.kind.single_label
        label = ((1,), "U") if single else ((1, len(names)), "i")
        wanted[f"label{suffix}"] = label
        wanted[f"class_names{suffix}"] = ((1, len(names)), "U")
    _check_forms(answered, wanted)
    if target_output.target.has_classes:
        classes = tuple(answered[f"class_names{suffix}"][0].tolist())
        if classes != names:
            raise EndpointError("bad_answer", f"classes {', '.join(classes)}")
        if single and answered[f"label{suffix}"][0] not in names:
            raise EndpointError("bad_answer", f"label {answered[f'label{suffix}'][0]}")


def _check_staged(answered: Outputs, facts: ModelFacts) -> None:
    """Likewise of what a last stage adds."""
    classes = len(facts.target_outputs[0].names)
    wanted = {
        staged_answer.UNCALIBRATED: ((1, classes), "f"),
        staged_answer.SCORE: ((1,), "f"),
        staged_answer.IS_UNKNOWN: ((1,), "b"),
    }
    if facts.set_level is not None:
        wanted[staged_answer.PREDICTION_SET] = ((1, classes), "b")
    _check_forms(answered, wanted)


def _check_forms(
    answered: Outputs, wanted: Mapping[str, tuple[tuple[int, ...], str]]
) -> None:
    """Shapes and kinds of NumPy, and whether what has fractions is finite."""
    for name, (shape, kind) in wanted.items():
        array = answered[name]
        if array.shape != shape or array.dtype.kind != kind:
            raise EndpointError("bad_answer", f"{name}: {array.dtype} {array.shape}")
    for name, (_, kind) in wanted.items():
        if kind == "f" and not np.isfinite(answered[name]).all():
            raise no_prediction(f"{name}: {answered[name].tolist()}")
