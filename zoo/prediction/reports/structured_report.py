"""A prediction as an Enhanced SR document (PS3.3, A.35.2), content TID 1500.

Enhanced SR is the least class that holds numbers, codes and references to images, which
is all there is to say; Comprehensive SR would add coordinates.
"""

from highdicom.sr import EnhancedSR
from pydicom import Dataset

from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import codes, instances, wording
from zoo.prediction.reports.content import content
from zoo.prediction.reports.instances import Made
from zoo.prediction.reports.source_study import SourceStudy
from zoo.prediction.result_file import Prediction

_SERIES_NUMBER = 9901


def structured_report(
    prediction: Prediction, facts: ModelFacts, source: SourceStudy, made: Made
) -> EnhancedSR:
    """The document, unverified and preliminary, in the study of its source."""
    tree = content(prediction, facts, made.model, source)
    report = EnhancedSR(
        evidence=_evidence(source),
        content=tree,
        is_complete=True,
        is_final=False,
        is_verified=False,
        coding_schemes=codes.schemes(),
        specific_character_set=instances.CHARACTER_SET,
        **made.series(_SERIES_NUMBER, wording.REPORT),
        **made.equipment(),
        **made.times(),
    )
    report.CompletionFlagDescription = wording.long_string(
        f"{wording.USE}; computed by a network, verified by nobody"
    )
    made.give_series_times(report)
    instances.give_patient(report, source)
    return report


def _evidence(source: SourceStudy) -> list[Dataset]:
    """References to every image that was used, the patient's values left blank."""
    evidence = []
    for image in source.every_image:
        item = instances.blank_patient(source)
        for keyword in (
            "SOPClassUID",
            "SOPInstanceUID",
            "StudyInstanceUID",
            "SeriesInstanceUID",
        ):
            setattr(item, keyword, image.header.get(keyword))
        evidence.append(item)
    return evidence
