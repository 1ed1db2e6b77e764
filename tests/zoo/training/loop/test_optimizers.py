import keras
import numpy as np
import pytest

from zoo.recipes.optimisation import Optimisation
from zoo.training.loop import optimizers

RATE = 0.1


def variables():
    draw = np.random.default_rng(0)
    return [
        keras.Variable(draw.normal(size=shape), dtype="float32", name=name)
        for name, shape in (("kernel", (3, 2)), ("bias", (2,)))
    ]


def gradients(steps):
    draw = np.random.default_rng(1)
    return [[draw.normal(size=(3, 2)), draw.normal(size=2)] for _ in range(steps)]


def moved(steps, *, shares=(1.0, 1.0), **settings):
    """The kernel and the bias after some steps with an optimizer of the recipe."""
    found = variables()
    named = {id(v): share for v, share in zip(found, shares) if share != 1}
    made = optimizers.build(Optimisation(learning_rate=RATE, **settings), found, named)
    for gradient in gradients(steps):
        made.apply([keras.ops.cast(g, "float32") for g in gradient], found)
    return [variable.value.numpy() for variable in found]


def expected(steps, update, *, decay=0.0, shares=(1.0, 1.0)):
    """The same by `update(gradient, memory, number) -> (change, memory)`, in numpy."""
    found = [variable.value.numpy().astype(np.float64) for variable in variables()]
    memory = [None, None]
    for number, gradient in enumerate(gradients(steps), start=1):
        for i, g in enumerate(gradient):
            change, memory[i] = update(g, memory[i], number)
            rate = RATE * shares[i]
            shrunk = found[i] * (1 - rate * decay) if i == 0 else found[i]
            found[i] = shrunk - rate * change
    return found


def adam(gradient, memory, number):
    """Kingma and Ba (2015), algorithm 1."""
    first, second = memory or (0.0, 0.0)
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    unbiased = first / (1 - 0.9**number), second / (1 - 0.999**number)
    return unbiased[0] / (np.sqrt(unbiased[1]) + 1e-7), (first, second)


def momentum(gradient, memory, _):
    velocity = 0.9 * (0.0 if memory is None else memory) + gradient
    return velocity, velocity


def nesterov(gradient, memory, _):
    velocity = 0.9 * (0.0 if memory is None else memory) + gradient
    return 0.9 * velocity + gradient, velocity


@pytest.mark.parametrize(
    ("settings", "update"),
    [
        ({"optimizer": "adam"}, adam),
        ({"optimizer": "adamw", "weight_decay": 0.2}, adam),
        ({"optimizer": "sgd"}, lambda gradient, *_: (gradient, None)),
        ({"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.2}, momentum),
        ({"optimizer": "sgd", "momentum": 0.9, "nesterov": True}, nesterov),
    ],
)
def test_updates_equal_the_formulas_and_decay_spares_the_bias(settings, update):
    wanted = expected(4, update, decay=settings.get("weight_decay", 0.0))
    # 1 - 0.999 has 6e-5 of rounding in float32: half of that in a step of the rate.
    for one, other in zip(moved(4, **settings), wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=4 * RATE * 6e-5 / 2)


@pytest.mark.parametrize("shares", [(0.1, 1.0), (0.5, 0.02)])
@pytest.mark.parametrize(
    ("settings", "update"),
    [
        ({"optimizer": "adamw", "weight_decay": 0.2}, adam),
        ({"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.2}, momentum),
        ({"optimizer": "sgd", "momentum": 0.9, "nesterov": True}, nesterov),
    ],
)
def test_a_share_of_the_rate_scales_update_and_decay_of_that_weight(
    settings, update, shares
):
    decay = settings.get("weight_decay", 0.0)
    wanted = expected(4, update, decay=decay, shares=shares)
    found = moved(4, shares=shares, **settings)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=4 * RATE * 6e-5 / 2)


def test_shares_hold_for_the_mean_of_what_was_accumulated():
    found = moved(4, optimizer="sgd", accumulate=2, shares=(0.1, 1.0), weight_decay=0.2)
    means = [np.mean(parts, axis=0) for parts in zip(*gradients(4)[:2], strict=True)]
    later = [np.mean(parts, axis=0) for parts in zip(*gradients(4)[2:], strict=True)]
    kernel, bias = (variable.value.numpy() for variable in variables())
    for first, second in (means, later):
        kernel = kernel * (1 - 0.1 * RATE * 0.2) - 0.1 * RATE * first
        bias = bias - RATE * second
    np.testing.assert_allclose(found[0], kernel, rtol=1e-6)
    np.testing.assert_allclose(found[1], bias, rtol=1e-6)


def test_clipping_takes_the_mean_of_what_was_accumulated():
    mean = [np.mean(parts, axis=0) for parts in zip(*gradients(2), strict=True)]
    norm = np.sqrt(sum(np.sum(g**2) for g in mean))
    found = moved(2, optimizer="sgd", accumulate=2, clip_norm=0.5)
    before = [variable.value.numpy() for variable in variables()]
    for one, start, gradient in zip(found, before, mean, strict=True):
        np.testing.assert_allclose(one, start - RATE * gradient * 0.5 / norm, rtol=1e-5)


def test_half_an_update_changes_nothing():
    found = moved(1, optimizer="sgd", accumulate=2)
    for one, other in zip(found, variables(), strict=True):
        np.testing.assert_array_equal(one, other.value.numpy())


def scaled(gradient):
    """Weights and loss scale after one step of float16 with a scaled gradient."""
    found = variables()
    settings = {"learning_rate": RATE, "optimizer": "sgd"}
    told = Optimisation(precision="mixed_float16", **settings)
    made = optimizers.build(told, found, {})
    scale = float(made.scale_loss(1.0))
    made.apply([keras.ops.cast(g * scale, "float32") for g in gradient], found)
    return [v.value.numpy() for v in found], float(made.scale_loss(1.0)) / scale


def test_half_precision_scales_the_loss_and_its_gradients_back():
    (gradient,) = gradients(1)
    found, change = scaled(gradient)
    for one, other in zip(found, moved(1, optimizer="sgd"), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert change == 1


def test_a_step_that_overflows_is_left_out_and_halves_the_scale():
    (gradient,) = gradients(1)
    found, change = scaled([gradient[0] * np.inf, gradient[1]])
    for one, other in zip(found, variables(), strict=True):
        np.testing.assert_array_equal(one, other.value.numpy())
    assert change == 0.5
