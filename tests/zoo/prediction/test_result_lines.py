import numpy as np

from pipelines.errors import StudyError
from pipelines.tasks.target import Target
from zoo.prediction.result_file import Prediction
from zoo.prediction.result_lines import table
from zoo.targets.target_output import TargetOutput

FAT = (TargetOutput(target=Target(kind="regression", columns=("fat",))),)
PREDICTIONS = (
    Prediction(
        number=1,
        name="study 1",
        ids={"patient_id": "P7"},
        outputs={"predictions": np.array([12.5], np.float32)},
    ),
    Prediction(
        number=2,
        name="study 2",
        error=StudyError(code="x", problem="torn", cure="Mend it", private="/path"),
    ),
)


def test_a_line_a_study_under_a_header():
    assert table(PREDICTIONS, FAT).splitlines() == [
        "number  name     patient_id  predictions",
        "1       study 1  P7          fat 12.5",
        "2       study 2              failed: torn [/path]. Mend it",
    ]


def test_classes_and_what_stands_behind_them():
    target = Target(kind="classification", columns=("grade",), classes=("no", "yes"))
    outputs = {
        "probabilities": np.array([0.25, 0.75], np.float32),
        "label": np.array("yes"),
    }
    one = Prediction(number=1, name="study 1", outputs=outputs)
    assert table([one], [TargetOutput(target=target)]).splitlines() == [
        "number  name     class  probabilities",
        "1       study 1  yes    no 0.250, yes 0.750",
    ]
