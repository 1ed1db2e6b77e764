"""A small network with batch normalisation, for tests that train in processes."""

import keras


def build(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """Two convolutions of rank 3, each normalised."""
    del rank, seed  # of volumes alone; weights are drawn by Keras' global seed
    volume = keras.Input(input_shape)
    x = volume
    for number in range(2):
        x = keras.layers.Conv3D(8, 3, strides=2, name=f"convolution{number}")(x)
        x = keras.layers.BatchNormalization(name=f"normalisation{number}")(x)
        x = keras.layers.ReLU(name=f"activation{number}")(x)
    return keras.Model(volume, x)
