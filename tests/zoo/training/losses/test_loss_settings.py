import pytest

from pipelines.errors import UsageError
from pipelines.tasks.target import Target
from zoo.recipes.optimisation import Optimisation
from zoo.targets.target_output import TargetOutput, outputs_of_classes
from zoo.training.losses import loss_settings

LABELS = TargetOutput(target=Target(kind="multilabel", columns=("a",), classes=("A",)))
GRADES = TargetOutput(target=Target(kind="ordinal", columns=("a",), classes=("A", "B")))
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("a",)))
CLASSES = outputs_of_classes(2)[0]


@pytest.mark.parametrize(
    ("target_outputs", "changes", "message"),
    [
        (
            (NUMBERS,),
            {"label_smoothing": 0.1},
            "label_smoothing is for targets",
        ),
        ((GRADES,), {"focal_gamma": 2.0}, "focal_gamma .*Received: ordinal. Leave"),
        ((NUMBERS,), {"class_weights": "balanced"}, "class_weights is for targets"),
        ((CLASSES,), {"regression_loss": "huber"}, "regression_loss is for targets"),
        ((LABELS,), {"balance": (0.5, 0.5)}, "balance shares out the classes .*multil"),
        ((CLASSES,), {"target_weights": (1.0, 2.0)}, "one weight for each .* 2 for 1"),
    ],
)
def test_a_setting_that_no_target_can_follow(target_outputs, changes, message):
    with pytest.raises(UsageError, match=message):
        loss_settings.check(target_outputs, Optimisation(**changes))


def test_a_setting_that_one_of_several_targets_can_follow():
    changes = {"focal_gamma": 2.0, "target_weights": (1.0, 0.5)}
    loss_settings.check((CLASSES, NUMBERS), Optimisation(**changes))
