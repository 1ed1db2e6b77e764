"""The content of a report: TID 1500, a measurement group for each target."""

from collections.abc import Iterable, Mapping, Sequence

from highdicom import sr
from highdicom.sr import CodedConcept
from highdicom.sr.enum import RelationshipTypeValues
from pydicom.sr.codedict import codes as dictionary

from zoo.prediction import output_format, staged_answer
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.output_format import Outputs
from zoo.prediction.reports import codes, presentation, uids, wording
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.reports.source_study import SourceStudy, UsedImage
from zoo.prediction.result_file import Prediction
from zoo.targets.target_output import TargetOutput

_CONTAINS = RelationshipTypeValues.CONTAINS
_MODIFIES = RelationshipTypeValues.HAS_CONCEPT_MOD
_ACQUIRED = RelationshipTypeValues.HAS_ACQ_CONTEXT


def content(
    prediction: Prediction,
    facts: ModelFacts,
    model: ModelIdentity,
    source: SourceStudy,
) -> sr.MeasurementReport:
    """The tree of a report.

    Numbers and classes are those of the JSON result, see
    `zoo.prediction.output_format.fields`.
    """
    algorithm = _algorithm(prediction, facts, model)
    report = sr.MeasurementReport(
        observation_context=_observer(model, facts),
        procedure_reported=codes.PROCEDURE,
        title=presentation.title(),
        imaging_measurements=[
            _group(prediction.outputs, target_output, facts, algorithm, source)
            for target_output in facts.target_outputs
        ],
    )
    items = report[0].ContentSequence
    measurements = items.pop()
    summary = presentation.summary(prediction, facts, algorithm_name(model, facts))
    comments = (wording.STATEMENT, *summary, *_cut_names(facts))  # to be read first
    items.extend(_text(codes.COMMENT, line) for line in comments)
    items.append(_library(source.images))
    items.append(measurements)
    presentation.separate_items(report[0])
    return report


def _observer(model: ModelIdentity, facts: ModelFacts) -> sr.ObservationContext:
    """The network is a device; nobody has looked at what it says."""
    device = sr.DeviceObserverIdentifyingAttributes(
        uid=uids.derived("model", model.digest),
        name=wording.SOFTWARE,
        manufacturer_name=wording.SOFTWARE,
        model_name=algorithm_name(model, facts),
        serial_number=model.digest,
    )
    observer = sr.ObserverContext(
        observer_type=dictionary.DCM.Device, observer_identifying_attributes=device
    )
    return sr.ObservationContext(observer_device_context=observer)


def algorithm_name(model: ModelIdentity, facts: ModelFacts) -> str:
    """The task, and the architectures of its networks."""
    architectures = ", ".join(model.architectures)
    return f"{facts.task.name} ({architectures})" if architectures else facts.task.name


def _algorithm(
    prediction: Prediction, facts: ModelFacts, model: ModelIdentity
) -> sr.AlgorithmIdentification:
    parameters = [*model.parameters]
    if facts.has_last_stage:
        parameters.append(
            "probabilities are calibrated, and the class, or that it is unknown, "
            "follows the run's last stage"
        )
    if facts.set_level is not None:
        parameters.append(wording.of_sets(facts.set_level))
    absent = [name for name in model.members if name not in prediction.by_fold]
    if absent and prediction.by_fold:
        parameters.append(
            f"abstained for want of a sequence: {', '.join(absent)}; answered by: "
            f"{', '.join(prediction.by_fold)}"
        )
    return sr.AlgorithmIdentification(
        name=algorithm_name(model, facts),
        version=model.version,
        parameters=parameters,
        manufacturer=wording.SOFTWARE,
    )


def _group(
    outputs: Outputs,
    target_output: TargetOutput,
    facts: ModelFacts,
    algorithm: sr.AlgorithmIdentification,
    source: SourceStudy,
) -> sr.MeasurementsAndQualitativeEvaluations:
    title = wording.title_of(target_output, facts.task)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(
            uid=uids.derived("tracking", source.uid, facts.task.spec, title),
            identifier=title,
        ),
        algorithm_id=algorithm,
        measurements=_measurements(outputs, target_output, facts),
        qualitative_evaluations=_evaluations(outputs, target_output, facts),
    )


def _measurements(
    outputs: Outputs, target_output: TargetOutput, facts: ModelFacts
) -> list[sr.Measurement]:
    kind = target_output.kind
    fields = output_format.fields(outputs, target_output)
    title = wording.title_of(target_output, facts.task)
    numbers = []
    for name, value in fields[kind.outputs[kind.shown]].items():
        if not (kind.single_label or kind.binary):
            concept = codes.private(name, facts.task.name, title, name)
            numbers.append(
                sr.Measurement(name=concept, value=value, unit=codes.UNIT_OF_LABELS)
            )
            continue
        number = sr.Measurement(
            name=codes.private(
                f"Probability of {name}", facts.task.name, title, "probability", name
            ),
            value=value,
            unit=codes.PROBABILITY,
        )
        number[0].ContentSequence = sr.ContentSequence(
            [
                sr.CodeContentItem(
                    name=codes.FINDING,
                    value=class_code(name, target_output, facts),
                    relationship_type=_MODIFIES,
                )
            ]
        )
        numbers.append(number)
    if staged_answer.SCORE in fields:
        concept = codes.private("Score of the last stage", "score of the last stage")
        numbers.append(
            sr.Measurement(
                name=concept, value=fields[staged_answer.SCORE], unit=codes.SCORE
            )
        )
    return numbers


def _evaluations(
    outputs: Outputs, target_output: TargetOutput, facts: ModelFacts
) -> list[sr.QualitativeEvaluation] | None:
    kind = target_output.kind
    title = wording.title_of(target_output, facts.task)
    if kind.single_label:
        fields = output_format.fields(outputs, target_output)
        value = class_code(fields["class"], target_output, facts)
        if fields.get(staged_answer.IS_UNKNOWN):
            value = codes.UNKNOWN
        name = codes.private(title, facts.task.name, title)
        found = [sr.QualitativeEvaluation(name=name, value=value)]
        return found + _in_set(outputs, target_output, facts)
    if kind.binary:
        present = outputs[f"label{target_output.suffix}"]
        return [
            sr.QualitativeEvaluation(
                name=class_code(label, target_output, facts),
                value=codes.PRESENT if there else codes.ABSENT,
            )
            for label, there in zip(target_output.names, present, strict=True)
        ]
    return None


def _in_set(
    outputs: Outputs, target_output: TargetOutput, facts: ModelFacts
) -> list[sr.QualitativeEvaluation]:
    """A finding for each class in the set; one that says so of an empty set."""
    inside = output_format.prediction_set(outputs, target_output)
    if inside is None:
        return []
    level = facts.set_level
    name = codes.private(
        wording.set_title(level), "in the prediction set", f"{level:g}"
    )
    values = [class_code(each, target_output, facts) for each in inside]
    return [
        sr.QualitativeEvaluation(name=name, value=value)
        for value in values or [codes.NO_CLASS]
    ]


def class_code(
    name: str, target_output: TargetOutput, facts: ModelFacts
) -> CodedConcept:
    """The code of a class, or of a label."""
    title = wording.title_of(target_output, facts.task)
    return codes.private(name, facts.task.name, title, "class", name)


def _library(images: Mapping[str, Sequence[UsedImage]]) -> sr.ContainerContentItem:
    """The image library (TID 1600): a group for each sequence."""
    library = sr.ContainerContentItem(
        name=dictionary.DCM.ImageLibrary,
        template_id="1600",
        relationship_type=_CONTAINS,
    )
    library.ContentSequence = sr.ContentSequence(
        [_library_group(name, used) for name, used in images.items()]
    )
    return library


def _library_group(
    sequence: str, images: Sequence[UsedImage]
) -> sr.ContainerContentItem:
    group = sr.ContainerContentItem(
        name=dictionary.DCM.ImageLibraryGroup, relationship_type=_CONTAINS
    )
    items = [
        sr.TextContentItem(
            name=codes.private("Sequence of the task", "sequence of the task"),
            value=sequence,
            relationship_type=_ACQUIRED,
        )
    ]
    modality = codes.modality(str(images[0].header.get("Modality") or ""))
    if modality is not None:
        items.append(
            sr.CodeContentItem(
                name=dictionary.DCM.Modality,
                value=modality,
                relationship_type=_ACQUIRED,
            )
        )
    items += [
        sr.ImageContentItem(
            name=dictionary.DCM.SourceOfMeasurement,
            referenced_sop_class_uid=image.header.SOPClassUID,
            referenced_sop_instance_uid=image.header.SOPInstanceUID,
            referenced_frame_numbers=list(image.frames) or None,
            relationship_type=_CONTAINS,
        )
        for image in images
    ]
    group.ContentSequence = sr.ContentSequence(items)
    return group


def _cut_names(facts: ModelFacts) -> Iterable[str]:
    """The names that a code's meaning has no room for, in full."""
    for target_output in facts.target_outputs:
        for name in target_output.names:
            if not wording.is_whole(f"Probability of {name}"):
                yield f"{wording.long_string(name)} is in full: {name}"


def _text(name: CodedConcept, value: str) -> sr.TextContentItem:
    return sr.TextContentItem(name=name, value=value, relationship_type=_CONTAINS)
