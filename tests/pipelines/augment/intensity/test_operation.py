from dataclasses import dataclass

import pytest
import tensorflow as tf

from pipelines.augment.intensity.apply import vary
from pipelines.augment.intensity.colour import ColourOperation
from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.operation import Operation
from tests.pipelines.augment.pictures import SEED, volume


@dataclass(frozen=True, kw_only=True)
class Doubled(Operation):
    """Twice the intensities. A second parameter shows what is checked."""

    STREAM = 10_000
    LIMITS = {"amount": (0.0, 1.0)}

    amount: tuple[float, float] = (0.5, 1.0)

    def apply(self, image, seed):
        return image._replace(rows=image.rows * 2)


@pytest.mark.parametrize("chance", [-0.1, 1.1, float("nan")])
def test_a_chance_is_between_0_and_1(chance):
    with pytest.raises(ValueError, match="^chance is a chance .* Received: "):
        Doubled(chance=chance)


@pytest.mark.parametrize("amount", [(0.6, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_a_range_goes_upwards_within_its_limits(amount):
    with pytest.raises(ValueError, match="^amount is from, to within 0.0..1.0. Rec"):
        Doubled(amount=amount)


def test_operations_happen_in_the_order_of_their_sequence():
    @dataclass(frozen=True, kw_only=True)
    class Raised(Operation):
        STREAM = 10_001

        def apply(self, image, seed):
            return image._replace(rows=image.rows + 1)

    values = volume()
    double, raised = Doubled(chance=1.0), Raised(chance=1.0)

    def changed(*operations):
        given = tf.constant(values), tf.ones([3]), tf.constant(SEED)
        return vary(*given, operations)[0].numpy().tolist()

    assert changed(double, raised) == (values * 2 + 1).tolist()
    assert changed(raised, double) == ((values + 1) * 2).tolist()


@dataclass(frozen=True, kw_only=True)
class Empty(Operation):
    STREAM = 10_002


@dataclass(frozen=True, kw_only=True)
class EmptyColour(ColourOperation):
    STREAM = 10_003


@dataclass(frozen=True, kw_only=True)
class EmptyFrequency(FrequencyOperation):
    FIRST_DRAW = 10


@pytest.mark.parametrize(
    "kind, lacking",
    [
        (Empty, "apply"),
        (EmptyColour, "recolour"),
        (EmptyFrequency, "responses"),
    ],
)
def test_an_operation_that_does_nothing_is_named(kind, lacking):
    given = tf.constant(volume()), tf.ones([3]), tf.constant(SEED)
    with pytest.raises(NotImplementedError, match=f"{kind.__name__} has no {lacking}"):
        vary(*given, (kind(chance=1.0),))
