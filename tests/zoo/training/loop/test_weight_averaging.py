import keras
import numpy as np
import pytest

from zoo.training.loop.weight_averaging import Average, Averaging


def network(seed):
    inputs = keras.Input((3,))
    x = keras.layers.Dense(
        2, kernel_initializer=keras.initializers.HeNormal(seed), name="dense"
    )(inputs)
    return keras.Model(inputs, keras.layers.BatchNormalization(name="norm")(x))


def weights(model):
    return [np.array(weight) for weight in model.get_weights()]


@pytest.mark.parametrize("decay", [0.05, 0.3, 0.999])
def test_the_average_equals_its_recursion_statistics_included(decay):
    leader, follower = network(0), network(1)
    average = Average(leader, follower, decay)
    average.begin()
    wanted = weights(leader)
    draw = np.random.default_rng(0)
    for n in range(12):
        leader.set_weights([draw.normal(size=w.shape) for w in weights(leader)])
        kept = min(decay, (1 + n) / (10 + n))
        pairs = zip(wanted, weights(leader), strict=True)
        wanted = [kept * mine + (1 - kept) * its for mine, its in pairs]
        average.update()
    for one, other in zip(weights(follower), wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_average_begins_with_the_weights_and_stays_while_they_do():
    leader, follower = network(0), network(1)
    average = Average(leader, follower, 0.9)
    average.begin()
    average.update()
    for one, other in zip(weights(follower), weights(leader), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_network_cannot_follow():
    inputs = keras.Input((3,))
    other = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    with pytest.raises(ValueError, match="shorter|longer"):
        Average(network(0), other, 0.9)


@pytest.mark.parametrize(("accumulate", "moves"), [(None, 6), (2, 3), (4, 1)])
def test_it_moves_once_an_update(accumulate, moves):
    leader = network(0)
    average = Average(leader, network(1), 0.9)
    leader.compile(
        keras.optimizers.SGD(0.1, gradient_accumulation_steps=accumulate), "mse"
    )
    x = np.random.default_rng(0).normal(size=(12, 3))
    leader.fit(x, x[:, :2], batch_size=2, callbacks=[Averaging(average)], verbose=0)
    assert int(average.variables[0]) == moves
