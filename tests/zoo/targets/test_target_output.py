import pytest

from pipelines.tasks.target import Target
from zoo.targets.target_output import TargetOutput, outputs_of_classes

LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
GRADES = Target(kind="ordinal", columns=("stage",), classes=("F0", "F1", "F2", "F3"))
NUMBERS = Target(kind="regression", columns=("kpa", "fat", "iron"))


@pytest.mark.parametrize(
    ("target", "size"),
    [(Target(classes=("x", "y")), 2), (LABELS, 2), (GRADES, 3), (NUMBERS, 3)],
)
def test_how_many_numbers_the_last_layer_gives(target, size):
    assert TargetOutput(target=target).size == size


def test_a_network_without_a_task():
    (target_output,) = outputs_of_classes(12)
    assert (target_output.kind.name, target_output.size, target_output.suffix) == (
        "classification",
        12,
        "",
    )
    with pytest.raises(ValueError, match="2 or more classes. Received: 1"):
        outputs_of_classes(1)
