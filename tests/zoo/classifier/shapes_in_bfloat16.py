"""Run by path: convolutions in bfloat16 over a grid of shapes against float32.

    python shapes_in_bfloat16.py KERNEL STRIDE short|full

It prints a line of JSON for each shape before it is tried, and behind it what is wrong
there; a process that ends without `"done"` was ended by the last shape it names.
"""

import json
import sys
from collections.abc import Iterator

import keras

from pipelines import command

PLANES = ((1, 1), (2, 3), (3, 16), (7, 4), (5, 5), (9, 12), (16, 16))
CHANNELS = ((1, 8), (8, 8), (16, 32))  # of the input, of the output


def shapes(size: str) -> Iterator[tuple[tuple[int, int, int], tuple[int, int]]]:
    """Depth, height, width and channels."""
    for depth in range(1, 17) if size == "full" else (1, 2, 3, 5, 7, 8):
        for number, plane in enumerate(PLANES):
            if size == "full":
                for channels in CHANNELS:
                    yield (depth, *plane), channels
            elif (number + depth) % 3 == 0:
                yield (depth, *plane), CHANNELS[(number + depth) % 2 + 1]


def main() -> int:
    """Tries all of them."""
    from zoo.classifier.convolution_check import LayerOnShape, wrong

    kernel, stride, size = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for spatial, (channels, filters) in shapes(size):
        for padding in ("same", "valid"):
            if padding == "valid" and min(spatial) < kernel:
                continue
            case = [padding, *spatial, channels, filters]
            print(json.dumps(case), flush=True)
            layer = keras.layers.Conv3D(
                filters, kernel, strides=stride, padding=padding, dtype="mixed_bfloat16"
            )
            on_shape = LayerOnShape(layer=layer, shape=(*spatial, channels))
            print(json.dumps(wrong(on_shape, batch=2)), flush=True)
    print(json.dumps("done"))
    return 0


if __name__ == "__main__":
    command.quiet_tensorflow()
    sys.exit(main())
