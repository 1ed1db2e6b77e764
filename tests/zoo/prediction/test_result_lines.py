import numpy as np

from pipelines.errors import StudyError
from pipelines.tasks.target import Target
from zoo.prediction.result_file import Prediction
from zoo.prediction.result_lines import lines
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


def test_a_line_a_study():
    assert [*lines(PREDICTIONS, FAT, ids=False)] == [
        "1\tstudy 1\tfat 12.5",
        "2\tstudy 2\tfailed: torn [/path]. Mend it",
    ]


def test_ids_on_request():
    first, _ = lines(PREDICTIONS, FAT, ids=True)
    assert first == "1\tstudy 1\tpatient_id P7\tfat 12.5"
