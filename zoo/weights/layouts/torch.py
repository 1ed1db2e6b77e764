"""From the state dicts of torchvision and timm to the zoo's names and layouts.

State dicts come as NumPy arrays by their torch names. What comes out is
`<layer>/<weight>` as Keras shapes it: channels last, inputs before outputs.
"""

from collections.abc import Callable

import numpy as np

from pipelines.errors import DataError
from zoo.architectures import alexnet as alexnet_layers
from zoo.architectures import resnet as resnet_layers

_SHOWN = 6  # differences listed in an error
_FLATTENED = (256, 6, 6)  # C, H, W of AlexNet's map at 224 x 224

Arrays = dict[str, np.ndarray]
# Of each torch name the zoo's, and what the array goes through.
Table = dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]]


def alexnet(arrays: Arrays) -> Arrays:
    """torchvision's `alexnet`; fc6, fc7 and logits besides the convolutions.

    Raises:
        DataError: names are unknown or missing, or an array has another shape than a
            layer of its kind; the message lists them. So for the others.
    """
    table: Table = {}
    place = 0  # in torchvision's `features`, which counts ReLU and pooling too
    for number, (*_, pooled) in enumerate(alexnet_layers.LAYERS, start=1):
        table |= _weighted(f"features.{place}", f"convolution{number}", _convolution)
        place += 3 if pooled else 2
    table |= _weighted("classifier.1", "fc6", _after_flattening)
    table |= _weighted("classifier.4", "fc7", _dense)
    table |= _weighted("classifier.6", "logits", _dense)
    return _converted(arrays, [table])


def resnet(arrays: Arrays) -> Arrays:
    """torchvision's `resnet18`, `resnet34` or `resnet50`, told by the names."""
    tables = [
        _residual(resnet_layers.BLOCKS_18, _BASIC),
        _residual(resnet_layers.BLOCKS_34, _BASIC),
        _residual(resnet_layers.BLOCKS_50, _BOTTLENECK),
    ]
    return _converted(arrays, tables)


def se_resnet(arrays: Arrays) -> Arrays:
    """timm's `seresnet50`."""
    table = _residual(resnet_layers.BLOCKS_50, _BOTTLENECK, gated=True)
    return _converted(arrays, [table])


def se_resnext(arrays: Arrays) -> Arrays:
    """timm's `seresnext50_32x4d`."""
    layers = (_convolution, _grouped, _convolution)
    table = _residual(resnet_layers.BLOCKS_50, layers, gated=True)
    return _converted(arrays, [table])


def _converted(arrays: Arrays, tables: list[Table]) -> Arrays:
    """The arrays by the table whose names are nearest to theirs."""
    names = {n for n in arrays if n.split(".")[-1] != "num_batches_tracked"}
    table = min(tables, key=lambda table: len(table.keys() ^ names))
    wrong = [f"{name}: unknown" for name in sorted(names - table.keys())]
    wrong += [f"{name}: missing" for name in sorted(table.keys() - names)]
    converted = {}
    for name in sorted(names & table.keys()):
        renamed, rearranged = table[name]
        try:
            converted[renamed] = rearranged(arrays[name])
        except ValueError:
            wrong.append(f"{name}: shape {arrays[name].shape} for {renamed}")
    if wrong:
        more = len(wrong) - _SHOWN
        raise DataError(
            "the state dict is none of this architecture's. Received: "
            + "; ".join(wrong[:_SHOWN])
            + (f"; and {more} more" if more > 0 else "")
            + ". Take the published checkpoint, with its 1000 classes"
        )
    return converted


def _residual(
    blocks: tuple[int, ...], layers: tuple[Callable, ...], gated: bool = False
) -> Table:
    """Of a residual network whose blocks have these convolutions.

    Args:
        blocks: per stage.
        layers: how the kernels of a block's convolutions are rearranged. A bottleneck
            has three, and widens, so that it changes the shape in stage 1 too.
        gated: whether blocks have squeeze and excitation.
    """
    table = _normalised("conv1", "bn1", "stem", _convolution)
    for stage, number in enumerate(blocks, start=1):
        for i in range(number):
            torch, zoo = f"layer{stage}.{i}", f"stage{stage}_block{i + 1}"
            for n, kernel in enumerate(layers, start=1):
                table |= _normalised(
                    f"{torch}.conv{n}", f"{torch}.bn{n}", f"{zoo}_{n}", kernel
                )
            if gated:
                table |= _weighted(f"{torch}.se.fc1", f"{zoo}_squeeze", _pointwise)
                table |= _weighted(f"{torch}.se.fc2", f"{zoo}_excitation", _pointwise)
            if i == 0 and (stage > 1 or len(layers) == 3):
                torch = f"{torch}.downsample"
                table |= _normalised(
                    f"{torch}.0", f"{torch}.1", f"{zoo}_shortcut", _convolution
                )
    return table | _weighted("fc", "logits", _dense)


def _normalised(
    convolution: str,
    normalisation: str,
    zoo: str,
    kernel: Callable[[np.ndarray], np.ndarray],
) -> Table:
    """A convolution without bias and the batch normalisation behind it."""
    return {
        f"{convolution}.weight": (f"{zoo}_convolution/kernel", kernel),
        f"{normalisation}.weight": (f"{zoo}_normalisation/gamma", _vector),
        f"{normalisation}.bias": (f"{zoo}_normalisation/beta", _vector),
        f"{normalisation}.running_mean": (f"{zoo}_normalisation/moving_mean", _vector),
        f"{normalisation}.running_var": (
            f"{zoo}_normalisation/moving_variance",
            _vector,
        ),
    }


def _weighted(
    torch: str, zoo: str, kernel: Callable[[np.ndarray], np.ndarray]
) -> Table:
    """A layer with kernel and bias."""
    return {
        f"{torch}.weight": (f"{zoo}/kernel", kernel),
        f"{torch}.bias": (f"{zoo}/bias", _vector),
    }


def _vector(array: np.ndarray) -> np.ndarray:
    """`[F]`, as it is; a ValueError for any other rank, as from the rest here."""
    return array.transpose(0)


def _convolution(array: np.ndarray) -> np.ndarray:
    """`[out, in, height, width]` to `[height, width, in, out]`."""
    return array.transpose(2, 3, 1, 0)


def _grouped(array: np.ndarray) -> np.ndarray:
    """`[out, in / groups, height, width]` to `zoo.architectures.grouped`'s kernel.

    Returns:
        `[groups, height * width * in / groups, out / groups]`.
    """
    filters, channels, height, width = array.shape
    groups = resnet_layers.GROUPS
    kernel = array.reshape(groups, filters // groups, channels, height, width)
    kernel = kernel.transpose(0, 3, 4, 2, 1)
    return kernel.reshape(groups, height * width * channels, filters // groups)


def _dense(array: np.ndarray) -> np.ndarray:
    """`[out, in]` to `[in, out]`."""
    return array.transpose(1, 0)


def _pointwise(array: np.ndarray) -> np.ndarray:
    """A 1x1 convolution `[out, in, 1, 1]` to a dense layer's `[in, out]`."""
    return _dense(array.reshape(array.shape[:2]))


def _after_flattening(array: np.ndarray) -> np.ndarray:
    """`[out, C * H * W]` to `[H * W * C, out]`: torch flattens channels first."""
    kernel = array.reshape(len(array), *_FLATTENED).transpose(2, 3, 1, 0)
    return kernel.reshape(-1, len(array))


_BASIC = (_convolution,) * 2
_BOTTLENECK = (_convolution,) * 3
