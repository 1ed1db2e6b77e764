import numpy as np
import pytest

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion.new_study import NewStudy, OneRecord
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from tests.zoo.serving.client import served
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.study_source import StudySource
from zoo.serving.client import task_predictions
from zoo.serving.client.address import read
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.description import Description
from zoo.serving.tasks_description import DescribedTask, TasksDescription

CHOICE = ModelChoice(name="brain", version=3)
ASKING = Asking(address=read("http://a"), choice=CHOICE, timeout_s=20, parallel=3)


def described(name, sequence, members):
    task = Task(
        name=name,
        sequences=(Sequence(name=sequence),),
        target=Target(classes=served.CLASSES),
        grid=Grid(shape=(6, 5, 4)),
    )
    description = Description(task=task, channels=(sequence,))
    return DescribedTask(
        input=f"examples_{name}", description=description, members=members
    )


TASKS = TasksDescription(
    members=("a", "b", "c"),
    tasks=(described("t1", "T1", ("a", "c")), described("t2", "T2", ("b",))),
)
FIRST, SECOND = (task.input for task in TASKS.tasks)
MODEL = DescribedModel(
    choice=CHOICE,
    description=TASKS.tasks[0].description,
    facts=ModelFacts(name="brain", task=TASKS.tasks[0].description.task),
    tasks=TASKS,
)


class Service:
    """Answers the share of whoever votes; members say .2, .3 and .6 of `ill`."""

    def __init__(self, changes=None):
        self.changes, self.asked = changes or {}, []

    def predict(self, choice, signature, inputs, *, outputs, timeout_s):
        assert (choice, signature) == (CHOICE, "serve_examples")
        assert all(values.shape == (1,) for values in inputs.values())
        given = {name: values[0] for name, values in inputs.items()}
        self.asked.append(given)
        votes = np.array(
            [[bool(given[FIRST]), bool(given[SECOND]), bool(given[FIRST])]]
        )
        ill = np.array([[0.2, 0.3, 0.6]], np.float32) * votes
        members = np.stack([(1 - ill) * votes, ill], axis=2).astype(np.float32)
        answer = served.answer(share=float(ill.sum() / votes.sum()))
        answer |= {
            "member_votes": votes.astype(np.int64),
            "member_probabilities": members,
        }
        answer |= self.changes
        return {name: answer[name] for name in outputs}


def found(number, record=None, error=None):
    ids = {"study_id": str(number)}
    made = OneRecord(name=f"study {number}", ids=ids, record=record, error=error)
    return NewStudy(name=made.name, ids=ids, make=lambda: made)


def lacking(number):
    return found(
        number,
        error=StudyError(code="missing_sequence", problem="no T1", cure="Add it"),
    )


def predictions(first, second, service=None):
    service = service or Service()
    reads = [(FIRST, lambda: first), (SECOND, lambda: second)]
    each = task_predictions.predicted(reads, MODEL, service, ASKING)
    return [*each], service


def test_one_request_has_the_records_of_all_tasks_and_who_lacks_one_abstains():
    each, service = predictions(
        [found(1, b"one"), lacking(2), found(3, b"three")],
        [found(2, b"TWO"), found(1, b"ONE"), found(4, b"FOUR"), lacking(3)],
    )
    assert sorted(map(str, service.asked)) == sorted(
        str({FIRST: first, SECOND: second})
        for first, second in [
            (b"one", b"ONE"),
            (b"", b"TWO"),
            (b"three", b""),
            (b"", b"FOUR"),
        ]
    )
    assert [one.number for one in each] == [1, 2, 3, 4]
    assert [one.name for one in each] == [f"study {i}" for i in (1, 2, 3, 4)]
    assert [one.ids["study_id"] for one in each] == ["1", "2", "3", "4"]
    assert [[*one.by_fold] for one in each] == [
        ["a", "b", "c"],
        ["b"],
        ["a", "c"],
        ["b"],
    ]
    shares = [float(one.outputs["probabilities"][1]) for one in each]
    assert shares == pytest.approx([1.1 / 3, 0.3, 0.4, 0.3])
    assert {*each[0].outputs} == {"probabilities", "label", "class_names"}
    of_c = each[2].by_fold["c"]
    np.testing.assert_allclose(of_c["probabilities"], [0.4, 0.6], rtol=1e-6)
    assert of_c["label"] == "ill" and each[2].by_fold["a"]["label"] == "well"


def test_a_study_that_lacks_all_and_one_at_fault_are_not_sent():
    gap = StudyError(code="gap", problem="a gap", cure="Look")
    each, service = predictions(
        [lacking(1), found(2, b"two"), found(3, b"three")],
        [lacking(1), found(2, error=gap), found(3, b"THREE")],
    )
    assert [one.error and one.error.code for one in each] == [
        *("missing_sequence", "gap", None)
    ]
    assert service.asked == [{FIRST: b"three", SECOND: b"THREE"}]


def test_a_task_that_finds_no_study_abstains_from_all():
    def nothing():
        raise DataError("there is no DICOM image that the task takes")
        yield

    reads = [(FIRST, nothing), (SECOND, lambda: [found(1, b"ONE")])]
    (one,) = task_predictions.predicted(reads, MODEL, Service(), ASKING)
    assert [*one.by_fold] == ["b"]
    reads = [(FIRST, nothing), (SECOND, nothing)]
    with pytest.raises(DataError, match="no DICOM image"):
        task_predictions.predicted(reads, MODEL, Service(), ASKING)
    with pytest.raises(DataError, match="no DICOM image"):
        task_predictions.predicted(reads[:1], MODEL, Service(), ASKING)


def test_the_one_task_that_is_named_keeps_the_names_of_its_studies():
    reads = [(SECOND, lambda: [found(7, b"ONE"), found(7, b"TWO")])]
    each = [*task_predictions.predicted(reads, MODEL, Service(), ASKING)]
    assert [one.name for one in each] == ["study 7"] * 2
    assert [one.number for one in each] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"member_votes": np.array([[1, 1, 0]])}, "bad_answer"),
        ({"member_votes": np.array([[1, 1]])}, "bad_answer"),
        ({"member_probabilities": np.zeros((1, 3, 3), np.float32)}, "bad_answer"),
        ({"member_probabilities": np.zeros((1, 3, 2), np.int64)}, "bad_answer"),
        (
            {"member_probabilities": np.full((1, 3, 2), np.nan, np.float32)},
            "no_prediction",
        ),
        ({"label": np.array(["neither"])}, "bad_answer"),
    ],
)
def test_what_is_no_answer_of_this_model(changes, code):
    (one,), _ = predictions([found(1, b"x")], [found(1, b"y")], Service(changes))
    assert one.error.code == code


def test_a_refusal_is_of_the_study():
    service = Service()
    service.predict = lambda *_, **__: (_ for _ in ()).throw(EndpointError("too_large"))
    (one,), _ = predictions([found(1, b"x")], [], service)
    assert one.error.code == "too_large"


def test_named_sequences_go_to_the_tasks_that_have_them(tmp_path):
    source = StudySource(nifti={"T2": str(tmp_path / "t2.nii.gz")})
    assert [name for name, _ in task_predictions.reads(source, MODEL, ASKING)] == [
        SECOND
    ]
    unknown = StudySource(nifti={"T9": "t9.nii"})
    with pytest.raises(UsageError, match="have the sequences T1, T2. Received: T9"):
        task_predictions.reads(unknown, MODEL, ASKING)


def test_volumes_can_not_be_sent():
    asking = Asking(
        address=read("http://a"), choice=CHOICE, signature="serving_default"
    )
    source = StudySource(nifti={"T2": "t2.nii"})
    with pytest.raises(UsageError, match="records alone. Leave --signature serving_d"):
        task_predictions.reads(source, MODEL, asking)


def test_a_label_of_many_is_one_above_a_half():
    signs = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
    (target_output,) = ModelFacts(name="x", task=with_target(signs)).target_outputs
    values = {"member_probabilities": np.array([[0.5, 0.6]], np.float32)}
    own = task_predictions._of_member(values, 0, [target_output])
    assert own["label"].tolist() == [0, 1]


def with_target(target):
    return Task(
        name="x",
        sequences=(Sequence(name="T1"),),
        target=target,
        grid=Grid(shape=(6, 5, 4)),
    )
