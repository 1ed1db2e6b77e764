"""From the weights of a Caffe model to the zoo's layout."""

import numpy as np

from pipelines.errors import DataError

# Dense layers that look at a flattened map: how many channels it has.
_MAPS = {"inception": {"loss1_fc/kernel": 128, "loss2_fc/kernel": 128}}


def to_zoo(arrays: dict[str, np.ndarray], family: str) -> dict[str, np.ndarray]:
    """Weights as `zoo.weights.formats.caffe` reads them, dense kernels in Keras' order.

    The names are the zoo's. Caffe flattens a map as channels, height, width, Keras as
    height, width, channels.

    Raises:
        DataError: there is no Caffe model of this architecture.
    """
    if family not in _MAPS:
        raise DataError(
            f"the layers of {family} have no names in Caffe. A .caffemodel is read for "
            f"{', '.join(sorted(_MAPS))}"
        )
    maps = _MAPS[family]
    return {
        name: channels_last(array, maps[name]) if name in maps else array
        for name, array in arrays.items()
    }


def channels_last(kernel: np.ndarray, channels: int) -> np.ndarray:
    """A dense kernel `[channels * places, out]` as `[places * channels, out]`."""
    by_channel = kernel.reshape(channels, -1, kernel.shape[-1])
    return by_channel.transpose(1, 0, 2).reshape(kernel.shape)
