import keras
import pytest

from pipelines.tasks.target import Target
from zoo.recipes.optimisation import Optimisation
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.target_output import TargetOutput, outputs_of_classes
from zoo.training.losses import class_losses, loss_settings, losses, target_losses

LABELS = TargetOutput(target=Target(kind="multilabel", columns=("a",), classes=("A",)))
GRADES = TargetOutput(target=Target(kind="ordinal", columns=("a",), classes=("A", "B")))
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("a",)))
CLASSES = outputs_of_classes(2)[0]


@pytest.mark.parametrize(
    ("target_output", "changes", "kind"),
    [
        (CLASSES, {}, keras.losses.CategoricalCrossentropy),
        (CLASSES, {"focal_gamma": 2.0}, class_losses.Focal),
        (LABELS, {"focal_gamma": 2.0}, target_losses.LabelsLoss),
        (GRADES, {}, target_losses.StepsLoss),
        (NUMBERS, {}, target_losses.SquaredLoss),
        (NUMBERS, {"regression_loss": "huber"}, target_losses.HuberLoss),
    ],
)
def test_every_kind_of_target_has_its_loss(target_output, changes, kind):
    loss_settings.check((target_output,), Optimisation(**changes))
    assert type(losses.loss_of(target_output, Optimisation(**changes))) is kind


def test_validation_is_neither_smoothed_nor_focal():
    shaped = Optimisation(focal_gamma=2.0, label_smoothing=0.1)
    plain = losses.plain_loss_of(CLASSES, shaped)
    assert plain.get_config() == losses.loss_of(CLASSES, Optimisation()).get_config()
    huber = Optimisation(regression_loss="huber")
    assert type(losses.plain_loss_of(NUMBERS, huber)) is target_losses.HuberLoss


def test_every_kind_has_a_loss_and_no_other():
    assert losses.LOSSES.keys() == TARGET_KINDS.keys()
