"""A report as others read it: written, and read back by highdicom and pydicom."""

import dataclasses
import datetime

import numpy as np
import pydicom
import pytest
from highdicom import sr
from pydicom.uid import EnhancedSRStorage

from pipelines.tasks.target import Target
from tests.zoo.prediction.reports import phantom_studies, validators
from zoo.prediction import output_format
from zoo.prediction.reports import content, source_study, wording
from zoo.prediction.reports.instances import Made
from zoo.prediction.reports.structured_report import structured_report

SIGNS = Target(kind="multilabel", columns=("cyst", "fat"), classes=("Zyste", "脂肪"))
AGE = Target(kind="regression", columns=("age", "volume"), name="numbers")
GRADES = Target(kind="ordinal", columns=("grade",), classes=("F0", "F1", "F2"))
AT = datetime.datetime(2026, 1, 2, 3, 4, 5)


def made(model=phantom_studies.MODEL, name="phantom (cnn3d)"):
    return Made(model=model, model_name=name, at=AT)


def written(path, directory, task, outputs, **changes):
    """The report of a study, written and read back."""
    prediction, facts = phantom_studies.predicted(directory, task, outputs, **changes)
    series = prediction.kept[0].series
    source = source_study.read(series)
    report = structured_report(prediction, facts, source, made())
    report.save_as(path, enforce_file_format=True)
    return sr.srread(path)


def group(report, place=0):
    """A measurement group: numbers by name, evaluations by name, the group itself."""
    groups = report.content.get_image_measurement_groups()
    each = groups[place]
    numbers = {n.name.meaning: n for n in each.get_measurements()}
    values = {
        e.name.meaning: e.value.meaning for e in each.get_qualitative_evaluations()
    }
    return numbers, values, each


@pytest.fixture(scope="module")
def plain(study, tmp_path_factory):
    """The report of a classification."""
    directory, task = study
    outputs = phantom_studies.classes(0.123456789, 0.876543211, task=task)
    path = tmp_path_factory.mktemp("plain") / "report.dcm"
    return path, written(path, directory, task, outputs), outputs


def test_class_and_probabilities_are_those_of_the_json(plain, study):
    path, report, outputs = plain
    numbers, values, each = group(report)
    prediction, facts = phantom_studies.predicted(*study, outputs)
    fields = output_format.fields(outputs, facts.target_outputs[0])
    for name, probability in fields["probabilities"].items():
        number = numbers[f"Probability of {name}"]
        assert number.value == probability
        unit = number.unit
        assert (unit.value, unit.scheme_designator) == ("{probability}", "UCUM")
        about = number[0].ContentSequence[0]
        assert about.value.meaning == name and about.name.meaning == "Finding"
    assert (
        values == {"phantom / label": fields["class"]} == {"phantom / label": "solid"}
    )
    assert each.tracking_identifier == "phantom / label"


def test_the_class_has_the_code_that_its_probability_names(plain):
    numbers, _, each = group(plain[1])
    (evaluation,) = each.get_qualitative_evaluations()
    finding = numbers["Probability of solid"][0].ContentSequence[0]
    assert finding.value.value == evaluation.value.value
    other = numbers["Probability of ring"][0].ContentSequence[0]
    assert other.value.value != evaluation.value.value


def test_it_is_an_unverified_enhanced_sr_that_says_its_use(plain):
    path, report, _ = plain
    raw = pydicom.dcmread(path)
    assert raw.SOPClassUID == EnhancedSRStorage and raw.Modality == "SR"
    assert raw.VerificationFlag == "UNVERIFIED"
    assert raw.PreliminaryFlag == "PRELIMINARY" and raw.CompletionFlag == "COMPLETE"
    assert raw.SpecificCharacterSet == "ISO_IR 192"
    assert raw.SeriesDescription == (
        "Research use only: network result, phantom (cnn3d)"
    )
    assert raw.CompletionFlagDescription.startswith(wording.USE)
    assert (raw.ContentDate, raw.ContentTime) == ("20260102", "030405")
    assert (raw.SeriesDate, raw.SeriesTime) == ("20260102", "030405")
    comments = [
        item.TextValue
        for item in raw.ContentSequence
        if item.ValueType == "TEXT"
        and item.ConceptNameCodeSequence[0].CodeMeaning == "Comment"
    ]
    assert comments == [
        wording.STATEMENT,
        "phantom / label: solid (probabilities: ring 0.123, solid 0.877), by phantom "
        "(cnn3d)",
    ]
    declared = {
        i.CodingSchemeDesignator for i in raw.CodingSchemeIdentificationSequence
    }
    assert {"99MVZ", "DCM", "SCT", "UCUM"} == declared


def test_who_observed_and_by_which_model(plain):
    _, report, _ = plain
    (context,) = report.content.get_observer_contexts()
    device = context.observer_identifying_attributes
    digest = phantom_studies.MODEL.digest
    assert device.name == wording.SOFTWARE and device.serial_number == digest
    assert device.model_name == "phantom (cnn3d)"
    _, _, each = group(report)
    said = {
        item.name.meaning: item.value
        for item in each[0].ContentSequence
        if item.ValueType == "TEXT"
    }
    assert said["Algorithm Name"] == "phantom (cnn3d)"
    assert said["Algorithm Version"].endswith(digest[:16])
    assert said["Algorithm Parameters"] == f"SHA-256 of the model file: {digest}"


def test_patient_and_study_are_those_of_the_source(plain, study):
    path, *_ = plain
    raw = pydicom.dcmread(path)
    image = pydicom.dcmread(phantom_studies.files(study[0])[0])
    for keyword in (
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientAge"),
        *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"),
        *("StudyDescription", "ReferringPhysicianName"),
    ):
        assert raw[keyword].value == image[keyword].value, keyword
    assert raw.SeriesInstanceUID != image.SeriesInstanceUID
    assert raw.Manufacturer == wording.SOFTWARE


def test_the_evidence_is_the_images_that_were_used(plain, study):
    report = plain[1]
    directory, task = study
    source = source_study.read(phantom_studies.record(directory, task).series)
    used = {
        (
            image.header.StudyInstanceUID,
            image.header.SeriesInstanceUID,
            image.header.SOPInstanceUID,
            image.header.SOPClassUID,
        )
        for image in source.every_image
    }
    assert {*report.get_evidence(current_procedure_only=True)} == used
    (library,) = [
        item
        for item in report.content[0].ContentSequence
        if item.name.meaning == "Image Library"
    ]
    by_sequence = {}
    for images in library.ContentSequence:
        name, modality, *references = images.ContentSequence
        assert modality.value.value == "MR"
        by_sequence[name.value] = {r.referenced_sop_instance_uid for r in references}
    assert by_sequence == {
        name: {image.header.SOPInstanceUID for image in images}
        for name, images in source.images.items()
    }


def test_an_unknown_study_is_unknown(study, tmp_path):
    directory, task = study
    outputs = phantom_studies.staged(0.4, 0.6, task=task, is_unknown=True)
    report = written(
        tmp_path / "r.dcm", directory, task, outputs, facts={"has_last_stage": True}
    )
    numbers, values, each = group(report)
    assert values == {"phantom / label": "Unknown"}
    (evaluation,) = each.get_qualitative_evaluations()
    code = evaluation.value
    assert (code.value, code.scheme_designator) == ("261665006", "SCT")
    assert numbers["Probability of solid"].value == pytest.approx(0.6)
    assert numbers["Score of the last stage"].value == pytest.approx(0.6)
    said = [i.value for i in each[0].ContentSequence if i.ValueType == "TEXT"]
    assert any("probabilities are calibrated" in text for text in said)


def test_a_known_study_of_a_class_that_is_called_unknown(study, tmp_path):
    directory, task = study
    task = dataclasses.replace(
        task, target=dataclasses.replace(task.target, classes=("ring", "unknown"))
    )
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    _, values, each = group(written(tmp_path / "r.dcm", directory, task, outputs))
    (evaluation,) = each.get_qualitative_evaluations()
    assert evaluation.value.scheme_designator == "99MVZ"


def test_labels_are_present_or_absent_in_any_script(study, tmp_path):
    directory, task = study
    task = dataclasses.replace(task, target=SIGNS)
    outputs = {
        "probabilities": np.array([0.75, 0.25], np.float32),
        "label": np.array([1, 0]),
    }
    numbers, values, each = group(written(tmp_path / "r.dcm", directory, task, outputs))
    assert values == {"Zyste": "Present", "脂肪": "Absent"}
    assert {e.value.scheme_designator for e in each.get_qualitative_evaluations()} == {
        "SCT"
    }
    assert numbers["Probability of 脂肪"].value == 0.25
    assert numbers["Probability of Zyste"].value == 0.75


def test_numbers_have_the_unit_of_their_labels(study, tmp_path):
    directory, task = study
    task = dataclasses.replace(task, further_targets=(AGE,))
    outputs = phantom_studies.classes(0.6, 0.4, task=task) | {
        "predictions_numbers": np.array([-61.25, 1.5e-7], np.float32)
    }
    report = written(tmp_path / "r.dcm", directory, task, outputs)
    numbers, values, each = group(report, 1)
    assert not values and each.tracking_identifier == "phantom / numbers"
    assert numbers["age"].value == -61.25
    assert numbers["volume"].value == float(f"{np.float32(1.5e-7):.9g}")
    assert numbers["age"].unit.value == "{label_unit}"
    assert group(report, 0)[1] == {"phantom / label": "ring"}


def test_grades_are_classes(study, tmp_path):
    directory, task = study
    task = dataclasses.replace(task, target=GRADES)
    outputs = phantom_studies.classes(0.2, 0.5, 0.3, task=task)
    numbers, values, _ = group(written(tmp_path / "r.dcm", directory, task, outputs))
    assert values == {"phantom / grade": "F1"} and len(numbers) == 3


def test_a_name_that_no_code_has_room_for_stands_in_full(study, tmp_path):
    directory, task = study
    long = "Leberfibrose, " + "sehr " * 20 + "ausgeprägt"
    task = dataclasses.replace(
        task, target=dataclasses.replace(task.target, classes=("ring", long))
    )
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    report = written(tmp_path / "r.dcm", directory, task, outputs)
    (shown,) = group(report)[1].values()
    assert len(shown) == 64 and long.startswith(shown[:-1])
    texts = [
        i.value for i in report.content[0].ContentSequence if i.ValueType == "TEXT"
    ]
    assert any(text.endswith(long) for text in texts)


def test_who_abstained_is_said(study, tmp_path):
    directory, task = study
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    prediction, facts = phantom_studies.predicted(
        directory, task, outputs, by_fold={"t2": outputs}
    )
    model = dataclasses.replace(phantom_studies.MODEL, members=("t1", "t2"))
    source = source_study.read(prediction.kept[0].series)
    tree = content.content(prediction, facts, model, source)
    (each,) = tree.get_image_measurement_groups()
    said = [i.value for i in each[0].ContentSequence if i.ValueType == "TEXT"]
    assert "abstained for want of a sequence: t1; answered by: t2" in said


@pytest.mark.parametrize("target", [None, SIGNS, GRADES, AGE])
def test_others_find_nothing_wrong(study, tmp_path, target):
    directory, task = study
    path = tmp_path / "r.dcm"
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    if target is AGE:
        task = dataclasses.replace(task, further_targets=(target,))
        outputs |= {"predictions_numbers": np.array([61, 2.5], np.float32)}
    elif target is SIGNS:
        task = dataclasses.replace(task, target=target)
        outputs = {
            "probabilities": np.array([0.75, 0.25], np.float32),
            "label": np.array([1, 0]),
        }
    elif target is GRADES:
        task = dataclasses.replace(task, target=target)
        outputs = phantom_studies.classes(0.2, 0.5, 0.3, task=task)
    written(path, directory, task, outputs)
    assert not validators.errors(path)
    shown = validators.printed(path)
    assert "Research use only: network result" in shown and wording.STATEMENT in shown
    assert "CONTINUOUS" not in shown


def test_frames_of_a_multi_frame_image_are_named(tmp_path):
    directory, task = phantom_studies.write(
        tmp_path / "c", form="enhanced", sequences=("T2WI", "DWI")
    )
    path = tmp_path / "r.dcm"
    outputs = phantom_studies.classes(0.4, 0.6, task=task)
    report = written(path, directory, task, outputs)
    (library,) = [
        item
        for item in report.content[0].ContentSequence
        if item.name.meaning == "Image Library"
    ]
    frames = {
        images.ContentSequence[0].value: images.ContentSequence[
            2
        ].referenced_frame_numbers
        for images in library.ContentSequence
    }
    assert frames["T2WI"] is None and len(frames["DWI"]) >= 8
    assert not validators.errors(path)


def in_set(study, path, *, inside, is_unknown=False):
    """What a report says of the set, code by code, and its algorithm's parameters."""
    directory, task = study
    outputs = phantom_studies.staged(
        0.4, 0.6, task=task, is_unknown=is_unknown, inside=inside
    )
    stage = {"has_last_stage": True, "set_level": 0.9}
    report = written(path, directory, task, outputs, facts=stage)
    assert not validators.errors(path)
    _, _, each = group(report)
    first, *of_set = each.get_qualitative_evaluations()
    assert {one.name.meaning for one in of_set} == {
        "In the prediction set, 90 % coverage of each class wanted"
    }
    said = [i.value for i in each[0].ContentSequence if i.ValueType == "TEXT"]
    (line,) = [text for text in said if "prediction sets hold" in text]
    assert "in 90 % of its studies" in line and "nothing is promised" in line
    return first.value, [one.value for one in of_set]


def test_each_class_of_a_set_is_a_finding(study, tmp_path):
    path = tmp_path / "r.dcm"
    said, inside = in_set(study, path, inside=[True, True])
    assert [code.meaning for code in inside] == ["ring", "solid"]
    assert said == inside[1]
    assert 'CODE:(,,"In the prediction set' in validators.printed(path)


def test_an_empty_set_says_so_and_one_of_an_unknown_study_stands_beside_that(
    study, tmp_path
):
    said, (none,) = in_set(study, tmp_path / "e.dcm", inside=[False, False])
    assert said.meaning == "solid"
    assert (none.value, none.scheme_designator) == ("260413007", "SCT")
    said, (only,) = in_set(
        study, tmp_path / "u.dcm", inside=[False, True], is_unknown=True
    )
    assert (said.meaning, only.meaning) == ("Unknown", "solid")
